/** Locales come from customers: what is kept of them is bounded. */
const most = 500;

/** `make`, called once for the same strings: Intl's formatters take far longer to make than to use. */
export function remembered<A extends string[], T>(make: (...names: A) => T): (...names: A) => T {
  const made = new Map<string, T>();
  return (...names) => {
    const key = JSON.stringify(names);
    let one = made.get(key);
    if (one === undefined) {
      if (made.size >= most) made.clear();
      one = make(...names);
      made.set(key, one);
    }
    return one;
  };
}
