/** The kinds of workers that pools can be made for without further knowledge. */
import { choice, flag, integer, object, text, texts, type WorkerType, workerType } from "./worker-type.ts";

const process = workerType({
  type: "process",
  name: "Process",
  description: "Runs flows in processes on the worker's machine.",
  package: "prefect",
  properties: {
    stream_output: flag("Stream output", "Show the output of processes in the worker's.", true),
    working_dir: text("Working directory", "Where processes start; default: a temporary directory."),
  },
});

const docker = workerType({
  type: "docker",
  name: "Docker",
  description: "Runs flows in containers on a Docker host.",
  package: "prefect-docker",
  properties: {
    image: text("Image", "Image that has the flow's code and what it needs."),
    image_pull_policy: choice("Image pull policy", "When the image is pulled.", [
      "IfNotPresent",
      "Always",
      "Never",
    ]),
    registry_credentials: object("Registry credentials", "For pulling the image from a private registry."),
    networks: texts("Networks", "Docker networks that the container joins."),
    network_mode: text("Network mode", "Such as host or bridge; excludes networks."),
    auto_remove: flag("Remove when done", "Remove the container when it has ended.", false),
    volumes: texts("Volumes", "Mounts, such as /data:/data:ro."),
    stream_output: flag("Stream output", "Show the output of containers in the worker's.", true),
    mem_limit: text("Memory limit", "Such as 512m or 2g."),
    memswap_limit: text("Memory and swap limit", "Such as 4g; -1 is no limit."),
    privileged: flag("Privileged", "Give the container the rights of the host.", false),
    container_wait_timeout: integer(
      "Longest wait",
      "Seconds after which a container is no longer waited for.",
    ),
  },
});

const kubernetes = workerType({
  type: "kubernetes",
  name: "Kubernetes",
  description: "Runs flows in jobs on a Kubernetes cluster.",
  package: "prefect-kubernetes",
  properties: {
    namespace: text("Namespace", "Namespace of jobs.", "default"),
    image: text("Image", "Image that has the flow's code and what it needs."),
    image_pull_policy: choice(
      "Image pull policy",
      "When the image is pulled.",
      ["IfNotPresent", "Always", "Never"],
      "IfNotPresent",
    ),
    service_account_name: text("Service account", "Service account of pods."),
    finished_job_ttl: integer("Seconds until removal", "How long a job is kept when it has ended."),
    job_watch_timeout_seconds: integer("Longest job", "Seconds after which a job is no longer watched."),
    pod_watch_timeout_seconds: integer("Longest pod start", "Seconds that a pod may take to start.", 60),
    cpu_request: text("CPU request", "Such as 500m."),
    cpu_limit: text("CPU limit", "Such as 2."),
    memory_request: text("Memory request", "Such as 512Mi."),
    memory_limit: text("Memory limit", "Such as 2Gi."),
    stream_output: flag("Stream output", "Show the output of pods in the worker's.", true),
    cluster_config: object("Cluster", "Which cluster; default: the worker's own, else its kubectl context."),
  },
  inside: [
    "image",
    "image_pull_policy",
    "service_account_name",
    "finished_job_ttl",
    "cpu_request",
    "cpu_limit",
    "memory_request",
    "memory_limit",
  ],
  job: {
    job_manifest: {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { labels: "{{ labels }}", namespace: "{{ namespace }}", generateName: "{{ name }}-" },
      spec: {
        backoffLimit: 0,
        ttlSecondsAfterFinished: "{{ finished_job_ttl }}",
        template: {
          spec: {
            parallelism: 1,
            completions: 1,
            restartPolicy: "Never",
            serviceAccountName: "{{ service_account_name }}",
            containers: [
              {
                name: "prefect-job",
                env: "{{ env }}",
                image: "{{ image }}",
                imagePullPolicy: "{{ image_pull_policy }}",
                args: "{{ command }}",
                resources: {
                  requests: { cpu: "{{ cpu_request }}", memory: "{{ memory_request }}" },
                  limits: { cpu: "{{ cpu_limit }}", memory: "{{ memory_limit }}" },
                },
              },
            ],
          },
        },
      },
    },
  },
});

const ecs = workerType({
  type: "ecs",
  name: "AWS ECS",
  description: "Runs flows in tasks on Amazon ECS.",
  package: "prefect-aws",
  properties: {
    aws_credentials: object("AWS credentials", "Default: those of the worker's surroundings."),
    cluster: text("Cluster", "Name or ARN; default: the account's default cluster."),
    launch_type: choice(
      "Launch type",
      "Who runs the task.",
      ["FARGATE", "EC2", "EXTERNAL", "FARGATE_SPOT"],
      "FARGATE",
    ),
    capacity_provider_strategy: {
      ...texts("Capacity providers", "Instead of a launch type."),
      items: { type: "object" },
    },
    family: text("Family", "Family of task definitions; default: made from the flow."),
    image: text("Image", "Image that has the flow's code and what it needs."),
    cpu: integer("CPU", "1024 is one CPU."),
    memory: integer("Memory", "In MiB."),
    container_name: text("Container", "Container of the task definition that runs the flow."),
    task_definition_arn: text("Task definition", "ARN of a task definition that exists."),
    execution_role_arn: text("Execution role", "Role that starts the task: image, logs, secrets."),
    task_role_arn: text("Task role", "Role of the flow itself."),
    vpc_id: text("VPC", "Default: the account's default VPC."),
    network_configuration: object("Network", "Subnets, security groups and public address."),
    configure_cloudwatch_logs: flag("CloudWatch logs", "Send output to CloudWatch.", false),
    cloudwatch_logs_options: object("Options of logs", "Handed to the log driver."),
    cloudwatch_logs_prefix: text("Prefix of logs", "Begins the names of log streams."),
    stream_output: flag("Stream output", "Show the output of tasks in the worker's.", false),
    auto_deregister_task_definition: flag(
      "Deregister",
      "Deregister task definitions that the worker made.",
      false,
    ),
    match_latest_revision_in_family: flag(
      "Reuse definitions",
      "Take the family's latest definition when it fits.",
      false,
    ),
    task_start_timeout_seconds: integer("Longest start", "Seconds that a task may take to start.", 300),
    task_watch_poll_interval: {
      ...integer("Watch interval", "Seconds between looks at a task.", 5),
      type: "number",
    },
  },
  inside: [
    "launch_type",
    "family",
    "image",
    "cpu",
    "memory",
    "task_definition_arn",
    "execution_role_arn",
    "task_role_arn",
    "capacity_provider_strategy",
  ],
  job: {
    task_definition: {
      family: "{{ family }}",
      cpu: "{{ cpu }}",
      memory: "{{ memory }}",
      executionRoleArn: "{{ execution_role_arn }}",
      containerDefinitions: [{ name: "{{ container_name }}", image: "{{ image }}" }],
    },
    task_run_request: {
      launchType: "{{ launch_type }}",
      cluster: "{{ cluster }}",
      capacityProviderStrategy: "{{ capacity_provider_strategy }}",
      taskDefinition: "{{ task_definition_arn }}",
      tags: "{{ labels }}",
      overrides: {
        cpu: "{{ cpu }}",
        memory: "{{ memory }}",
        taskRoleArn: "{{ task_role_arn }}",
        containerOverrides: [
          {
            name: "{{ container_name }}",
            command: "{{ command }}",
            environment: "{{ env }}",
            cpu: "{{ cpu }}",
            memory: "{{ memory }}",
          },
        ],
      },
    },
  },
});

const vertexAi = workerType({
  type: "vertex-ai",
  name: "Google Vertex AI",
  description: "Runs flows in custom jobs on Google Vertex AI.",
  package: "prefect-gcp",
  properties: {
    region: text("Region", "Such as europe-west1."),
    credentials: object("Google Cloud credentials", "Default: those of the worker's surroundings."),
    image: text("Image", "Image that has the flow's code and what it needs."),
    service_account_name: text("Service account", "Service account of the job."),
    machine_type: text("Machine type", "Such as n1-standard-4.", "n1-standard-4"),
    accelerator_type: text("Accelerator", "Such as NVIDIA_TESLA_T4."),
    accelerator_count: integer("Accelerators", "How many of them."),
    boot_disk_type: text("Boot disk", "Type of the boot disk.", "pd-ssd"),
    boot_disk_size_gb: integer("Boot disk size", "In GB.", 100),
    network: text("Network", "Full name of the network that the job joins."),
    reserved_ip_ranges: texts("Address ranges", "Reserved ranges that the job's addresses are from."),
    maximum_run_time_hours: integer("Longest run", "Hours after which Vertex AI ends the job.", 168),
    job_watch_poll_interval: {
      ...integer("Watch interval", "Seconds between looks at a job.", 5),
      type: "number",
    },
  },
  inside: [
    "image",
    "service_account_name",
    "machine_type",
    "accelerator_type",
    "accelerator_count",
    "boot_disk_type",
    "boot_disk_size_gb",
    "network",
    "reserved_ip_ranges",
    "maximum_run_time_hours",
  ],
  job: {
    job_spec: {
      service_account_name: "{{ service_account_name }}",
      network: "{{ network }}",
      reserved_ip_ranges: "{{ reserved_ip_ranges }}",
      maximum_run_time_hours: "{{ maximum_run_time_hours }}",
      worker_pool_specs: [
        {
          replica_count: 1,
          container_spec: { image_uri: "{{ image }}", command: "{{ command }}", args: [] },
          machine_spec: {
            machine_type: "{{ machine_type }}",
            accelerator_type: "{{ accelerator_type }}",
            accelerator_count: "{{ accelerator_count }}",
          },
          disk_spec: { boot_disk_type: "{{ boot_disk_type }}", boot_disk_size_gb: "{{ boot_disk_size_gb }}" },
        },
      ],
    },
  },
});

/** Python package → type → worker. */
export const WORKER_TYPES: Readonly<Record<string, Readonly<Record<string, WorkerType>>>> = {
  prefect: { process },
  "prefect-docker": { docker },
  "prefect-kubernetes": { kubernetes },
  "prefect-aws": { ecs },
  "prefect-gcp": { "vertex-ai": vertexAi },
};
