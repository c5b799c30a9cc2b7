/** Steps that build, push and pull the code of deployments. */
export {
  preparedSteps,
  type RunStepsOptions,
  runSteps,
  type StepDocument,
  type StepsRun,
} from "./run-steps.ts";
export type { StepValues } from "./step.ts";
export { fillTemplates, type TemplateOptions, type TemplateSources } from "./template.ts";
