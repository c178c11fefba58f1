/** Batches of a feed under way at once: orders find some 130 SKUs busy for a moment, and the table is not taken from them. */
const lanes = 4;

/** Does the work in the order of the items, a few at once. @throws what the first of them throws */
export async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const lane = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
