import http from 'node:http';
import { registerHooks } from 'node:module';
import { sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KernelRequest } from './kernel-request.ts';
import type { AnswerMessage, RequestMessage } from './messages.ts';

/** Takes one request to a kernel's AWS endpoint; `answered` hears once. */
export type KernelDoor = (request: RequestMessage, answered: (answer: AnswerMessage | undefined) => void) => void;

interface Shared {
  /** By `<host>:<port>`: more than one only where sandboxes run in the process of several kernels. */
  doors: Map<string, KernelDoor>;
  /** Folders of bundles, as URLs that end in a slash. */
  folders: Set<string>;
  module: typeof http;
}

/** Where the module that bundles import finds the one that they `require`. */
const SHARED = Symbol.for('batuta.sandbox.http');
const MODULE_URL = 'batuta:http';
const MODULE_SOURCE = `
const http = globalThis[Symbol.for('${SHARED.description}')].module;
export * from 'node:http';
export const { request, get } = http;
export default http;`;

/**
 * The module `node:http` as bundles get it: a request to a kernel's AWS endpoint does not leave the process but takes the door that is open for
 * it; every other request is Node's own affair, and so is one that asks for more than a plain request (an upgrade, a socket of its own).
 */
function shared(): Shared {
  const known: Shared | undefined = Reflect.get(globalThis, SHARED);
  if (known) return known;
  const made: Shared = { doors: new Map(), folders: new Set(), module: Object.create(http) };
  const request = (...args: Parameters<typeof http.request>) =>
    requestByDoor(made.doors, args) ?? http.request(...args);
  const get = (...args: Parameters<typeof http.request>) => {
    const begun = request(...args);
    begun.end();
    return begun;
  };
  Object.defineProperties(made.module, { request: { value: request }, get: { value: get } });
  Reflect.set(globalThis, SHARED, made);
  handToImports(made);
  return made;
}

/** `import('node:http')`, which is how the SDK gets it, goes to Node's own loader. */
function handToImports({ folders }: Shared): void {
  registerHooks({
    resolve(specifier, context, next) {
      const isHttp = specifier === 'node:http' || specifier === 'http';
      if (!isHttp || !context.parentURL || !isInside(context.parentURL, folders)) return next(specifier, context);
      return { url: MODULE_URL, format: 'module', shortCircuit: true };
    },
    load(url, context, next) {
      if (url !== MODULE_URL) return next(url, context);
      return { format: 'module', source: MODULE_SOURCE, shortCircuit: true };
    },
  });
}

function isInside(url: string, folders: ReadonlySet<string>): boolean {
  for (const folder of folders) if (url.startsWith(folder)) return true;
  return false;
}

/** @returns what closes the door again */
export function openKernelDoor(endpoint: string, door: KernelDoor): () => void {
  const { doors } = shared();
  const { host } = new URL(endpoint);
  doors.set(host, door);
  return () => {
    if (doors.get(host) === door) doors.delete(host);
  };
}

/** For who has a whole request at hand: `host` is `<host>:<port>`. */
export function doorTo(host: string): ((request: RequestMessage) => Promise<AnswerMessage | undefined>) | undefined {
  const door = shared().doors.get(host);
  return door && ((request) => new Promise((resolve) => door(request, resolve)));
}

/** The module for the code in these folders, to hand to its `require`; its imports get it as well. */
export function kernelHttp(directories: readonly string[]): typeof http {
  const { folders, module } = shared();
  for (const directory of directories) folders.add(pathToFileURL(directory + sep).href);
  return module;
}

function requestByDoor(doors: ReadonlyMap<string, KernelDoor>, [options, onResponse]: unknown[]) {
  if (!isPlain(options)) return undefined;
  const host = `${options.hostname ?? options.host}:${options.port}`;
  const door = doors.get(host);
  const headers = door && plainHeaders(options.headers, host);
  if (!door || !headers) return undefined;
  const { method = 'GET', path = '/' } = options;
  const request = new KernelRequest({ method, path, host, headers }, (body) => {
    door({ method, url: path, headers, body }, (answer) => request.answered(answer));
  });
  if (typeof onResponse === 'function') request.once('response', (response) => onResponse(response));
  return request;
}

interface PlainOptions {
  host?: string;
  hostname?: string;
  port?: number | string;
  method?: string;
  path?: string;
  headers?: object;
}

/** All that the SDK gives. What says more than this of how to connect is for Node. */
const PLAIN = new Set(['host', 'hostname', 'port', 'method', 'path', 'headers', 'agent', 'protocol']);

function isPlain(options: unknown): options is PlainOptions {
  if (typeof options !== 'object' || options === null || options instanceof URL) return false;
  for (const [name, value] of Object.entries(options)) if (value !== undefined && !PLAIN.has(name)) return false;
  // Node throws for other characters.
  return 'path' in options && /^\/[\u0021-\u00ff]*$/.test(String(options.path));
}

/** By lower-case name; undefined for those that Node refuses, or that make a request more than a plain one. */
function plainHeaders(given: object = {}, host: string): Record<string, string> | undefined {
  if (Array.isArray(given)) return undefined;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const text = String(value);
    const lower = lowerCase(name);
    if (value === undefined || lower === undefined || /[^\t\u0020-\u007e\u0080-\u00ff]/.test(text)) return undefined;
    headers[lower] = text;
  }
  headers.host ??= host;
  return headers.expect || headers.upgrade ? undefined : headers;
}

/** The SDK sends the same dozen of names with every request. */
const lowerNames = new Map<string, string>();
const MOST_NAMES = 200;

function lowerCase(name: string): string | undefined {
  const known = lowerNames.get(name);
  if (known !== undefined) return known;
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return undefined;
  const lower = name.toLowerCase();
  if (lowerNames.size < MOST_NAMES) lowerNames.set(name, lower);
  return lower;
}
