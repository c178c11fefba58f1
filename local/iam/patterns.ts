/** Says whether a text matches a pattern of IAM. */
export type Matcher = (text: string) => boolean;

/** `*` = any characters, `?` = any one. */
export function wildcard(pattern: string, caseSensitive = true): Matcher {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) {
    if (caseSensitive) return (text) => text === pattern;
    const lower = pattern.toLowerCase();
    return (text) => text.toLowerCase() === lower;
  }
  const expression = new RegExp(`^${source(pattern, '.')}$`, caseSensitive ? 's' : 'si');
  return (text) => expression.test(text);
}

/**
 * As `wildcard`, but a wildcard does not reach over the colons that separate an ARN's first six parts.
 * (IAM User Guide, "Use wildcards in resource ARNs" and the condition operator `ArnLike`.)
 */
export function arnPattern(pattern: string): Matcher {
  if (pattern === '*' || !/[*?]/.test(pattern)) return wildcard(pattern);
  const parts = pattern.split(':');
  // `arn:aws:sqs:*` is accepted as "and everything after", as in AWS.
  if (parts.length < 6) {
    const prefix = parts.slice(0, -1).map((part) => source(part, '[^:]'));
    const expression = new RegExp(`^${[...prefix, source(parts.at(-1)!, '.')].join(':')}$`, 's');
    return (text) => expression.test(text);
  }
  const head = parts.slice(0, 5).map((part) => source(part, '[^:]'));
  const expression = new RegExp(`^${[...head, source(parts.slice(5).join(':'), '.')].join(':')}$`, 's');
  return (text) => expression.test(text);
}

function source(pattern: string, anyCharacter: string): string {
  return pattern
    .replace(/[.+^${}()|[\]\\/-]/g, '\\$&')
    .replace(/\*+/g, `${anyCharacter}*`)
    .replace(/\?/g, anyCharacter);
}
