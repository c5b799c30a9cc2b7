import { flow, registerSerializable, task } from "@sluice/core";

export class Money {
  readonly cents: bigint;
  constructor(cents: bigint) {
    this.cents = cents;
  }
}
registerSerializable(Money, {
  name: "Money",
  encode: ({ cents }) => cents,
  decode: (cents) => new Money(cents),
});

const download = task({ name: "download" }, async (day: string) => [
  new Money(1050n),
  new Money(BigInt(day.length)),
]);

const total = task(
  { name: "total", resultStorageKey: "totals/{day}.json", cacheResultInMemory: false },
  async (day: string, sales: Money[]) => ({ day, total: new Money(sum(sales)) }),
);

export const daily = flow(
  { name: "daily", persistResult: true, retries: 2, retryDelaySeconds: 60 },
  async ({ day }: { day: string }) => {
    const sales = await download(day); // not downloaded again when the flow run is retried
    return total(day, sales);
  },
);

function sum(sales: readonly Money[]): bigint {
  return sales.reduce((total, { cents }) => total + cents, 0n);
}
