/**
 * Works off a batch: items of one key one after the other, in their order, the keys side by side.
 * @param atOnce keys at a time
 * @param work rejects when it fails: nothing else is begun then
 * @returns the place of the first item that is not done; undefined = all are. Some after it may be done as well.
 */
export async function sideBySide<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  atOnce: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<number | undefined> {
  const byKey = new Map<string, [number, T][]>();
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    byKey.set(key, [...(byKey.get(key) ?? []), [index, item]]);
  }
  const left = byKey.values();
  const done = new Set<number>();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const chain of left) {
      for (const [index, item] of chain) {
        if (failed) return;
        try {
          await work(item, index);
          done.add(index);
        } catch {
          failed = true;
        }
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, byKey.size) }, lane));
  return failed ? items.findIndex((_, index) => !done.has(index)) : undefined;
}
