/** A read whose answer serves everybody who asks while it is under way: the records of a batch, handled all at once, then read once. */
export function askedTogether<T>(read: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined;
  return () => {
    underWay ??= read().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}
