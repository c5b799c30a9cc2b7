/** The template of work pools of processes: members and variables are those that Prefect's process workers know. */
import type { BaseJobTemplate } from "../infrastructure.ts";

const texts = { type: "object", additionalProperties: { type: "string" } } as const;

export const PROCESS_JOB_TEMPLATE: BaseJobTemplate = {
  job_configuration: {
    command: "{{ command }}",
    env: "{{ env }}",
    labels: "{{ labels }}",
    name: "{{ name }}",
    stream_output: "{{ stream_output }}",
    working_dir: "{{ working_dir }}",
  },
  variables: {
    type: "object",
    properties: {
      name: { title: "Name", description: "Name of the process, for people.", type: "string" },
      env: {
        title: "Environment Variables",
        description: "Variables that the run is started with.",
        ...texts,
      },
      labels: { title: "Labels", description: "What the worker notes with the process.", ...texts },
      command: {
        title: "Command",
        description: "What is run for a flow run. Leave it blank to have the worker choose.",
        type: "string",
      },
      stream_output: {
        title: "Stream Output",
        description: "Whether the worker shows what the run writes.",
        default: true,
        type: "boolean",
      },
      working_dir: {
        title: "Working Directory",
        description:
          "Directory that the run is started in. Default: that of the worker, and a temporary one for a command.",
        type: "string",
        format: "path",
      },
    },
  },
};
