import { describe, expectTypeOf, it } from "vitest";
import {
  type DeploymentRun,
  type RunDeploymentOptions,
  runDeployment,
} from "../../src/deployments/run-deployment.ts";
import { cron, type Schedule } from "../../src/deployments/schedule.ts";
import { flow } from "../../src/flows/flow.ts";
import type { State } from "../../src/states/state.ts";
import { report } from "./reported-flow.ts";

describe("types of deployments", () => {
  it("are those of the flow", () => {
    type Options = Parameters<typeof report.deploy>[0];
    expectTypeOf<Options["parameters"]>().toEqualTypeOf<
      Readonly<Partial<{ day: string; limit?: number | undefined }>> | undefined
    >();
    const check = (): void => {
      void report.deploy({ name: "n", schedules: [cron("@daily", { parameters: { day: "x" } })] });
      // @ts-expect-error the flow's day is a text
      void report.deploy({ name: "n", parameters: { day: 5 } });
      // @ts-expect-error the flow has no such parameter
      void report.deploy({ name: "n", parameters: { dya: "x" } });
      // @ts-expect-error the flow's day is a text, in schedules too
      void report.deploy({ name: "n", schedules: [cron("@daily", { parameters: { day: 5 } })] });
      // @ts-expect-error a deployment has a name
      void report.deploy({});
    };
    expectTypeOf(check).toBeFunction();
  });

  it("of a run are those of the flow, if it is imported", () => {
    const check = async (): Promise<void> => {
      const typed = await runDeployment(report, { deployment: "n", parameters: { day: "x" } });
      expectTypeOf(typed).toEqualTypeOf<DeploymentRun<string>>();
      expectTypeOf(typed.state).toEqualTypeOf<State<string>>();
      // @ts-expect-error the flow's day is a text
      await runDeployment(report, { deployment: "n", parameters: { day: 5 } });
      expectTypeOf(await runDeployment("report/n")).toEqualTypeOf<DeploymentRun>();
    };
    expectTypeOf(check).toBeFunction();
    expectTypeOf<RunDeploymentOptions["parameters"]>().toEqualTypeOf<
      Readonly<Record<string, unknown>> | undefined
    >();
  });

  it("of flows without parameters take any", () => {
    const plain = flow({ name: "plain" }, () => 1);
    const check = (): void => void plain.deploy({ name: "n", parameters: { anything: 1 } });
    expectTypeOf(check).toBeFunction();
    expectTypeOf(cron("@daily")).toEqualTypeOf<Schedule>();
  });
});
