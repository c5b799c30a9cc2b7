import { describe, expect, it } from "vitest";
import { jobConfiguration } from "../src/index.ts";

const template = {
  job_configuration: {
    command: "{{ command }}",
    env: "{{ env }}",
    image: "registry.test/{{ image }}:{{ version }}",
    limits: { memory: "{{ memory }}" },
    arguments: ["--zone", "{{ zone }}"],
  },
  variables: {
    type: "object",
    properties: {
      command: { type: "string" },
      env: { type: "object", default: { LEVEL: "info", ZONE: "pool" } },
      image: { type: "string", default: "base" },
      version: { type: "integer", default: 3 },
      memory: { type: "integer" },
      zone: { type: "string" },
    },
    required: ["image"],
  },
};
const none = { deployment: {}, run: {} };

describe("the job of a template", () => {
  it("has the defaults of its variables, and leaves out what has no value", () => {
    expect(jobConfiguration({ template, ...none })).toEqual({
      env: { LEVEL: "info", ZONE: "pool" },
      image: "registry.test/base:3",
      limits: {},
      arguments: ["--zone"],
    });
  });

  it("takes the run's variables before the deployment's, and merges environments", () => {
    const deployment = { memory: 512, image: "etl", env: { ZONE: "deployment" } };
    const run = { memory: 1024, env: { ONCE: "yes" } };
    expect(jobConfiguration({ template, deployment, run })).toMatchObject({
      image: "registry.test/etl:3",
      limits: { memory: 1024 },
      env: { LEVEL: "info", ZONE: "deployment", ONCE: "yes" },
    });
  });

  it("takes variables of the worker's environment", () => {
    const given = { job_configuration: { user: "{{ $DEPLOY_USER }}" }, variables: {} };
    expect(jobConfiguration({ template: given, ...none }, { DEPLOY_USER: "etl" })).toEqual({ user: "etl" });
  });

  it("names a variable that is required and missing", () => {
    const run = { image: null };
    expect(() => jobConfiguration({ template, deployment: {}, run })).toThrow(/needs the variable image\./);
  });

  it("names a placeholder that is no variable", () => {
    const given = { job_configuration: { user: "{{ usr }}" }, variables: { properties: {} } };
    expect(() => jobConfiguration({ template: given, ...none })).toThrow("{{ usr }}");
  });
});
