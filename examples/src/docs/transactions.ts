import { flow, task, transaction } from "@sluice/core";

const shelf = new Map<string, string>();

const place = task(
  {
    name: "place",
    onCommit: (txn) => shelf.set("catalogue", `lists ${txn.get("title")}`),
    onRollback: (txn) => shelf.delete(String(txn.get("title"))),
  },
  async (title: string, text: string) => {
    shelf.set(title, text);
  },
);
const proofread = task({ name: "proofread" }, async (text: string) => {
  if (text === "") throw new Error("There is no text.");
});

export const publish = flow({ name: "publish" }, async ({ title, text }: { title: string; text: string }) => {
  await transaction({ key: `publish-${title}` }, async (txn) => {
    if (txn.isCommitted) return; // an earlier run has published it
    txn.set("title", title); // for hooks and tasks inside
    await place(title, text);
    await proofread(text); // throws: what was placed is taken off the shelf, and the flow fails
    txn.stage({ published: title }); // what is kept under the key
  });
  return Object.fromEntries(shelf);
});
