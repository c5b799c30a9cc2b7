/** Cases of the API suite on what becomes of flows, and on many of them. */
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { createRun, type OpenApi } from "./open-api.ts";

export function flowChangeCases(open: OpenApi): void {
  it("finds a flow by its name", async () => {
    const api = await open();
    const flow = await api.flows.create({ name: "a flow ü" });
    expect(await api.flows.getByName("a flow ü")).toEqual(flow);
    await expect(api.flows.getByName("another")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  it("changes the tags of a flow", async () => {
    const api = await open();
    const flow = await api.flows.create({ name: "etl", tags: ["a"] });
    await api.flows.update(flow.id, { tags: ["b", "c"] });
    expect(await api.flows.get(flow.id)).toMatchObject({ name: "etl", tags: ["b", "c"] });
    await expect(api.flows.update(newId(), { tags: [] })).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  it("deletes a flow with its runs and deployments, and nothing else", async () => {
    const api = await open();
    const run = await createRun(api);
    const kept = await createRun(api);
    const deployment = await api.deployments.create({ name: "d", flow_id: run.flow_id });
    await api.flows.delete(run.flow_id);
    for (const call of [
      () => api.flows.get(run.flow_id),
      () => api.flowRuns.get(run.id),
      () => api.deployments.get(deployment.id),
      () => api.flows.delete(run.flow_id),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    }
    expect(await api.flowRuns.get(kept.id)).toMatchObject({ flow_id: kept.flow_id });
    const { name } = await api.flows.get(kept.flow_id);
    expect(await api.flows.create({ name })).toMatchObject({ id: kept.flow_id });
  });

  it("deletes the flows that match", async () => {
    const api = await open();
    const flows = [];
    for (const name of ["a-1", "a-2", "b-1"]) flows.push(await api.flows.create({ name }));
    const { deleted } = await api.flows.bulkDelete({ flows: { name: { like_: "a-" } } });
    expect(deleted.sort()).toEqual(
      flows
        .slice(0, 2)
        .map(({ id }) => id)
        .sort(),
    );
    expect((await api.flows.filter({})).map(({ name }) => name)).toEqual(["b-1"]);
  });

  it("gives pages with how many there are", async () => {
    const api = await open();
    for (const name of ["a", "b", "c"]) await api.flows.create({ name });
    const page = await api.flows.paginate({ limit: 2, page: 2 });
    expect(page).toMatchObject({ results: [{ name: "c" }], count: 3, limit: 2, pages: 2, page: 2 });
    expect(await api.flows.paginate({})).toMatchObject({ count: 3, limit: 200, pages: 1, page: 1 });
    expect(await api.flows.paginate({ flows: { name: { any_: ["x"] } } })).toMatchObject({
      count: 0,
      pages: 0,
    });
  });

  it("lists flows that have a deployment, or have none", async () => {
    const api = await open();
    const [bare, deployed] = [
      await api.flows.create({ name: "bare" }),
      await api.flows.create({ name: "d" }),
    ];
    await api.deployments.create({ name: "nightly", flow_id: deployed.id, paused: true });
    const ids = async (query: Parameters<typeof api.flows.filter>[0]) =>
      (await api.flows.filter(query)).map(({ id }) => id);
    expect(await ids({ flows: { deployment: { is_null_: true } } })).toEqual([bare.id]);
    expect(await ids({ flows: { deployment: { is_null_: false } } })).toEqual([deployed.id]);
    expect(await ids({ deployments: { name: { any_: ["nightly"] } } })).toEqual([deployed.id]);
    expect(await ids({ deployments: { paused: { eq_: false } } })).toEqual([]);
  });
}
