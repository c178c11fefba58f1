const TEXT = Symbol('text');

/**
 * An answer of which a list is JSON text already: on the wire it goes as it is, neither parsed nor written anew. Who asks in this process finds the
 * list's members as values.
 */
export function withReadyList<Rest extends object>(name: string, texts: readonly string[], rest: Rest): Rest {
  const answer: Rest = { ...rest };
  let members: unknown[] | undefined;
  Object.defineProperties(answer, {
    [name]: {
      enumerable: true,
      get: () => {
        members ??= texts.map((text): unknown => JSON.parse(text));
        return members;
      },
    },
    [TEXT]: {
      value: () => {
        const more = JSON.stringify(rest).slice(1);
        return `{"${name}":[${texts.join(',')}]${more === '}' ? '' : ','}${more}`;
      },
    },
  });
  return answer;
}

/** What `JSON.stringify` says of an answer. */
export function wireText(answer: unknown): string {
  const ready: unknown = typeof answer === 'object' && answer !== null ? Reflect.get(answer, TEXT) : undefined;
  return typeof ready === 'function' ? String(ready()) : JSON.stringify(answer ?? {});
}
