"""The `prefect` command: lists, inspections, changes and deletions of what flows, deployments, pools and limits there are."""

from command import prefect
from observed import client, log_messages, report, task_runs
from prefect import flow, get_run_logger, task
from prefect.runtime import flow_run as this_run
from prefect.states import Pending, Running

codes, shown = {}, {}


def run(*arguments, shows=None):
    """Runs a command; its exit code and whether it shows a text become facts."""
    ran = prefect(*arguments)
    name = " ".join(word for word in arguments[:3] if word.replace("-", "").isalpha() and "cli-" not in word)
    codes.setdefault(name, ran.code)
    if shows is not None:
        shown.setdefault(name, shows in ran.output)
    return ran


@task
def worded():
    get_run_logger().info("worded in a task")


@flow(name="cli-flow")
def cli_flow(count: int = 1):
    get_run_logger().info("worded in a flow")
    worded()
    return str(this_run.id)


def flows_and_runs():
    run_id = cli_flow()
    task_run = task_runs(run_id, 1)[0]
    log_messages(run_id, "worded in a flow", "worded in a task")
    run("version", shows="Server type")
    run("flow", "ls", shows="cli-flow")
    listed = run("flow-run", "ls", "--flow-name", "cli-flow", "-o", "json")
    shown["flow-run ls json"] = run_id in [one["id"] for one in listed.json]
    run("flow-run", "ls", "--flow-name", "cli-flow", "--state", "Completed", shows=run_id[:8])
    run("flow-run", "inspect", run_id, shows=run_id)
    run("flow-run", "logs", run_id, shows="worded in a task")
    shown["flow-run logs tail"] = "Finished in state" in prefect("flow-run", "logs", run_id, "--tail", "-n", "1").output
    run("task-run", "ls", shows=str(task_run.id)[:8])
    run("task-run", "inspect", str(task_run.id), shows=task_run.name)
    run("task-run", "logs", str(task_run.id), shows="worded in a task")
    with client() as api:
        waiting = api.create_flow_run(cli_flow, name="cli-waiting", state=Pending())
        api.set_flow_run_state(waiting.id, Running())
    run("flow-run", "cancel", str(waiting.id), shows="scheduled for cancellation")
    with client() as api:
        shown["cancelling"] = api.read_flow_run(waiting.id).state_name
    run("flow-run", "delete", str(waiting.id))
    shown["flow-run inspect of none"] = prefect("flow-run", "inspect", str(waiting.id)).code


def pools():
    run("work-pool", "create", "cli-pool", "--type", "process")
    shown["created twice"] = prefect("work-pool", "create", "cli-pool", "--type", "process").code
    run("work-pool", "ls", shows="cli-pool")
    run("work-pool", "inspect", "cli-pool", shows="cli-pool")
    run("work-pool", "pause", "cli-pool")
    run("work-pool", "resume", "cli-pool")
    run("work-pool", "set-concurrency-limit", "cli-pool", "3")
    run("work-pool", "clear-concurrency-limit", "cli-pool")
    run("work-pool", "update", "cli-pool", "--description", "a pool of the command")
    run("work-pool", "get-default-base-job-template", "--type", "process", shows="job_configuration")
    run("work-queue", "create", "cli-queue", "--pool", "cli-pool", "--limit", "2")
    run("work-queue", "ls", "--pool", "cli-pool", shows="cli-queue")
    run("work-queue", "inspect", "cli-queue", "--pool", "cli-pool", shows="cli-queue")
    run("work-queue", "set-concurrency-limit", "cli-queue", "5", "--pool", "cli-pool")
    run("work-queue", "pause", "cli-queue", "--pool", "cli-pool")
    run("work-queue", "resume", "cli-queue", "--pool", "cli-pool")


def deployments():
    run("--no-prompt", "deploy", "cli.py:cli_flow", "--name", "cli-deployment", "--pool", "cli-pool", "--cron", "0 3 * * *")
    name = "cli-flow/cli-deployment"
    run("deployment", "ls", shows="cli-deployment")
    run("deployment", "inspect", name, shows="0 3 * * *")
    run("deployment", "schedule", "create", name, "--interval", "3600")
    schedules = prefect("deployment", "schedule", "ls", name)
    shown["schedules"] = schedules.code == 0 and "interval: 1:00:00" in schedules.output
    with client() as api:
        deployment = api.read_deployment_by_name(name)
    shown["schedule kinds"] = sorted(type(one.schedule).__name__ for one in deployment.schedules)
    hourly = next(str(one.id) for one in deployment.schedules if type(one.schedule).__name__ == "IntervalSchedule")
    for verb in ("pause", "resume"):
        codes[f"deployment schedule {verb}"] = prefect("deployment", "schedule", verb, name, hourly).code
    codes["deployment schedule delete"] = prefect("deployment", "schedule", "delete", "-y", name, hourly).code
    run("deployment", "run", name, "-p", "count=4", "--tag", "by-hand", shows="Created flow run")
    with client() as api:
        made = [one for one in api.read_flow_runs(limit=200) if one.deployment_id == deployment.id and not one.auto_scheduled]
    shown["run of deployment"] = [(one.parameters, one.tags, one.state_name, one.work_pool_name) for one in made]
    run("work-pool", "preview", "cli-pool", "--hours", "48")
    codes["flow-run cancel scheduled"] = prefect("flow-run", "cancel", str(made[0].id)).code
    with client() as api:
        shown["cancelled at once"] = api.read_flow_run(made[0].id).state_name
    run("deployment", "delete", name)
    run("work-queue", "delete", "cli-queue", "--pool", "cli-pool")
    run("work-pool", "delete", "cli-pool")


def limits():
    run("gcl", "create", "cli-limit", "--limit", "3")
    run("gcl", "ls", shows="cli-limit")
    run("gcl", "inspect", "cli-limit", shows="cli-limit")
    run("gcl", "update", "cli-limit", "--limit", "5", "--slot-decay-per-second", "0.5")
    run("gcl", "disable", "cli-limit")
    run("gcl", "enable", "cli-limit")
    with client() as api:
        limit = api.read_global_concurrency_limit_by_name("cli-limit")
    shown["limit"] = [limit.limit, limit.slot_decay_per_second, limit.active]
    run("gcl", "delete", "cli-limit")
    run("concurrency-limit", "create", "cli-tag", "2")
    run("concurrency-limit", "ls", shows="cli-tag")
    run("concurrency-limit", "inspect", "cli-tag", shows="cli-tag")
    run("concurrency-limit", "reset", "cli-tag")
    run("concurrency-limit", "delete", "cli-tag")


def observe():
    for part in (flows_and_runs, pools, deployments, limits):
        part()
    report(
        commands=len(codes),
        failed=[name for name, code in codes.items() if code],
        missing=[name for name, found in shown.items() if found is False],
        shown={name: found for name, found in shown.items() if not isinstance(found, bool)},
    )


if __name__ == "__main__":
    observe()
