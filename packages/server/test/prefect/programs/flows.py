"""Tasks called, submitted and mapped; a sub-flow; names, tags, parameters, logs and the links between runs."""

from observed import client, flow_run, log_messages, report, state_names, task_runs
from prefect import flow, get_run_logger, tags, task
from prefect.runtime import flow_run as this_run


@task
def double(value):
    get_run_logger().info("doubling %s", value)
    return value * 2


@task(task_run_name="total-of-{count}")
def total(values, count):
    return sum(values)


@flow(name="compat-child")
def child(value: int):
    return double(value), this_run.id


@flow(name="compat-flows", flow_run_name="sum-of-{count}", log_prints=True, version="7")
def parent(count: int = 3):
    print("a printed line")
    values = double.map(range(count))
    first = double.submit(10)
    whole = total.submit(values, count, wait_for=[first])
    doubled, child_id = child(5)
    return whole.result() + doubled, this_run.id, child_id


def observe():
    with tags("compat", "fast"):
        result, run_id, child_id = parent(count=4)

    run, sub = flow_run(run_id), flow_run(child_id)
    runs = task_runs(run_id, 7)
    whole = next(one for one in runs if one.name == "total-of-4")
    tracking = next(one for one in runs if one.id == sub.parent_task_run_id)
    messages = log_messages(run_id, "a printed line", "doubling 3", "doubling 10")
    with client() as api:
        graph = api.request("GET", f"/flow_runs/{run_id}/graph-v2").json()
    nodes = dict(graph["nodes"])

    report(
        result=result,
        run={
            "name": run.name,
            "state": run.state_name,
            "parameters": run.parameters,
            "tags": sorted(run.tags),
            "version": run.flow_version,
            "run_count": run.run_count,
            "labelled": run.labels.get("prefect.flow.id") == str(run.flow_id),
            "timed": run.end_time >= run.start_time and run.total_run_time.total_seconds() > 0,
        },
        states=state_names(run_id),
        task_names=[one.name.rsplit("-", 1)[0] for one in runs],
        task_states=sorted({one.state_name for one in runs}),
        inputs={name: len(inputs) for name, inputs in whole.task_inputs.items()},
        task_tags=sorted(whole.tags),
        sub_flow={
            "parent": str(tracking.flow_run_id) == str(run_id),
            "tracking_state": tracking.state_name,
            "child_of_state": str(tracking.state.state_details.child_flow_run_id) == str(child_id),
            "parameters": sub.parameters,
        },
        printed=messages.count("a printed line"),
        graph={
            "nodes": sorted(node["kind"] for node in nodes.values()),
            "parents_of_total": len(nodes[str(whole.id)]["parents"]),
            "sub_flow": nodes[str(child_id)]["label"] == f"compat-child / {sub.name}",
        },
    )


if __name__ == "__main__":
    observe()
