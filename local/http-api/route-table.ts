/** A route key, taken apart. */
export interface RouteKey {
  /** `ANY` = all that no other route of that path names. */
  method: string;
  /** Undefined for `$default`. */
  segments: string[] | undefined;
}

interface Node<R> {
  fixed: Map<string, Node<R>>;
  variable: Node<R> | undefined;
  greedy: Map<string, Entry<R>>;
  /** By method. */
  routes: Map<string, Entry<R>>;
}

interface Entry<R> {
  route: R;
  names: string[];
}

export interface Match<R> {
  route: R;
  /** Raw, still percent-encoded. */
  parameters: [name: string, value: string][];
}

const METHODS = new Set(['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** @throws Error if it is none that API Gateway takes */
export function parseRouteKey(key: string): RouteKey {
  if (key === '$default') return { method: 'ANY', segments: undefined };
  const [method, path, ...rest] = key.split(' ');
  if (!method || !METHODS.has(method) || !path?.startsWith('/') || rest.length > 0)
    throw new Error(`malformed route key ${key}`);
  const segments = path.split('/').slice(1);
  segments.forEach((segment, index) => {
    const ok =
      /^(\{[\w.:-]+\}|[^{}]*)$/.test(segment) || (/^\{[\w.:-]+\+\}$/.test(segment) && index === segments.length - 1);
    if (!ok) throw new Error(`malformed path variable in route key ${key}`);
  });
  return { method, segments };
}

/**
 * Finds the most specific route of a request: fixed segments before variables before greedy ones, a method before `ANY`, and
 * `$default` last (API Gateway Developer Guide, "Routing API requests").
 */
export class RouteTable<R> {
  readonly #root = newNode<R>();
  readonly #all: R[] = [];
  #default: R | undefined;

  /** @throws Error for a malformed key or one that is taken */
  add(key: string, route: R): void {
    const { method, segments } = parseRouteKey(key);
    if (!segments) {
      if (this.#default !== undefined) throw new Error('there is a $default route already');
      this.#default = route;
      this.#all.push(route);
      return;
    }
    const names: string[] = [];
    let node = this.#root;
    let routes: Map<string, Entry<R>> | undefined;
    for (const segment of segments) {
      const variable = /^\{(.+?)(\+?)\}$/.exec(segment);
      if (variable) names.push(variable[1]!);
      if (variable?.[2]) routes = node.greedy;
      else if (variable) {
        node.variable ??= newNode();
        node = node.variable;
      } else {
        const next = node.fixed.get(segment) ?? newNode();
        node.fixed.set(segment, next);
        node = next;
      }
    }
    routes ??= node.routes;
    if (routes.has(method)) throw new Error(`two routes match the same requests: ${key}`);
    routes.set(method, { route, names });
    this.#all.push(route);
  }

  /** In the order in which they were added. */
  all(): readonly R[] {
    return this.#all;
  }

  find(method: string, path: string): Match<R> | undefined {
    const segments = path.split('/').slice(1);
    const found = search(this.#root, segments, 0, method, []);
    if (found) return found;
    return this.#default === undefined ? undefined : { route: this.#default, parameters: [] };
  }
}

function newNode<R>(): Node<R> {
  return { fixed: new Map(), variable: undefined, greedy: new Map(), routes: new Map() };
}

function search<R>(
  node: Node<R>,
  segments: string[],
  index: number,
  method: string,
  values: string[],
): Match<R> | undefined {
  const segment = segments[index];
  if (segment === undefined) return matched(node.routes, method, values);
  const fixed = node.fixed.get(segment);
  const byFixed = fixed && search(fixed, segments, index + 1, method, values);
  if (byFixed) return byFixed;
  // A variable stands for at least one character: `/orders/` is not `/orders/{id}`.
  if (node.variable && segment !== '') {
    const byVariable = search(node.variable, segments, index + 1, method, [...values, segment]);
    if (byVariable) return byVariable;
  }
  const rest = segments.slice(index).join('/');
  return rest === '' ? undefined : matched(node.greedy, method, [...values, rest]);
}

function matched<R>(routes: Map<string, Entry<R>>, method: string, values: string[]): Match<R> | undefined {
  const entry = routes.get(method) ?? routes.get('ANY');
  return entry && { route: entry.route, parameters: entry.names.map((name, index) => [name, values[index]!]) };
}
