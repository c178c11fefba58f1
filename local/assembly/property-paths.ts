import type { ResourceHandler } from '../kernel/kernel.ts';
import { TemplateError } from './template-error.ts';

/** Path segments seen so far; a path that ends here covers everything below. */
interface Node {
  ends: boolean;
  children: Map<string, Node>;
}

/**
 * Refuses properties that a handler neither honors nor ignores on purpose.
 * @throws TemplateError naming the first such path
 */
export function checkProperties(handler: ResourceHandler, properties: Record<string, unknown>, where: string): void {
  check(pathTree(handler), properties, `${where}, Properties`, handler.type);
}

const trees = new WeakMap<ResourceHandler, Node>();

function pathTree(handler: ResourceHandler): Node {
  let root = trees.get(handler);
  if (root) return root;
  root = { ends: false, children: new Map() };
  for (const path of [...handler.honored, ...handler.ignored]) {
    let node = root;
    for (const segment of path.split('.')) {
      let next = node.children.get(segment);
      if (!next) {
        next = { ends: false, children: new Map() };
        node.children.set(segment, next);
      }
      node = next;
    }
    node.ends = true;
  }
  trees.set(handler, root);
  return root;
}

function check(node: Node, value: unknown, where: string, type: string): void {
  if (node.ends) return;
  if (typeof value !== 'object' || value === null) {
    throw new TemplateError(where, `${type}: expected an object or a list here, found ${JSON.stringify(value)}`);
  }
  for (const [key, child] of Object.entries(value)) {
    const next = node.children.get(key) ?? node.children.get('*');
    if (!next) throw new TemplateError(`${where}.${key}`, `${type}: this property is not supported on one machine`);
    check(next, child, `${where}.${key}`, type);
  }
}
