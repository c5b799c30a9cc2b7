import { Completed, Failed, flow, task } from "@sluice/core";

const check = task({ name: "check" }, async (rows: number) =>
  rows === 0 ? Failed({ message: "The file is empty" }) : Completed({ message: `${rows} rows`, data: rows }),
);

export const nightly = flow({ name: "nightly" }, async ({ rows }: { rows: number }) => {
  const state = await check.returnState(rows); // never throws because the task failed
  if (state.isFailed()) return Completed({ name: "Skipped", message: state.message, data: 0 });
  return state;
});
