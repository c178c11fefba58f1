import { Console } from 'node:console';
import { readFileSync, statSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { compileFunction, constants } from 'node:vm';
import { RuntimeError } from './errors.ts';
import { type FunctionGlobals, hostTimers } from './globals.ts';

export interface Loaded {
  exports: unknown;
}

/** Where Lambda looks for packages in a layer: in `nodejs/node24/node_modules`, then in `nodejs/node_modules`. */
const LAYER_PACKAGES = 'nodejs/node24/index.js';

/**
 * Loads code the way CommonJS does, with the function's own globals in scope. A bundle may require Node's modules, files of its own folder
 * and packages of its layers; anything else is missing on Lambda too.
 */
export class BundleLoader {
  #directory: string;
  #globals: FunctionGlobals;
  #layers: (id: string) => Loaded | undefined;
  #cache = new Map<string, Loaded>();

  /** @param layers finds a package in the layers. Default: there are none */
  constructor(
    directory: string,
    globals: FunctionGlobals,
    layers: (id: string) => Loaded | undefined = () => undefined,
  ) {
    this.#directory = directory;
    this.#globals = globals;
    this.#layers = layers;
  }

  /**
   * The handler that a function's `Handler` property names.
   * @throws RuntimeError `Runtime.MalformedHandlerName`, `Runtime.ImportModuleError`, `Runtime.UserCodeSyntaxError`, `Runtime.HandlerNotFound`,
   *   `Runtime.CallbackHandlerDeprecated`; and whatever the bundle throws while it loads.
   */
  handler(name: string): (event: unknown, context: unknown) => unknown {
    const dot = name.indexOf('.', name.lastIndexOf('/') + 1);
    if (dot < 0) throw new RuntimeError('Runtime.MalformedHandlerName', 'Bad handler');
    let found: unknown = this.#entry(name.slice(0, dot));
    for (const part of name.slice(dot + 1).split('.')) {
      found = typeof found === 'object' && found !== null ? Reflect.get(found, part) : undefined;
    }
    if (found === undefined) {
      throw new RuntimeError('Runtime.HandlerNotFound', `${name} is undefined or not exported`);
    }
    if (!isHandler(found)) throw new RuntimeError('Runtime.HandlerNotFound', `${name} is not a function`);
    if (found.length >= 3) {
      throw new RuntimeError(
        'Runtime.CallbackHandlerDeprecated',
        'The Node.js 24 runtime calls no callback: a handler takes event and context and returns a promise.',
      );
    }
    return found;
  }

  /** A package of the layer whose folder this is, if it has it. */
  package(id: string): Loaded | undefined {
    const path = resolveOrNothing(createRequire(join(this.#directory, LAYER_PACKAGES)), id);
    return path?.startsWith(this.#directory + sep) ? this.#load(path) : undefined;
  }

  #entry(module: string): unknown {
    for (const extension of ['.js', '.cjs']) {
      const path = join(this.#directory, module + extension);
      if (isFile(path)) return this.#load(path).exports;
    }
    throw new RuntimeError('Runtime.ImportModuleError', `Error: Cannot find module '${module}' in ${this.#directory}`);
  }

  #load(path: string): Loaded {
    const known = this.#cache.get(path);
    if (known) return known;
    const source = readFileSync(path, 'utf8');
    if (path.endsWith('.json')) return { exports: JSON.parse(source) };
    const module: Loaded = { exports: {} };
    this.#cache.set(path, module);
    try {
      this.#compile(path, source)(module.exports, this.#require(path), module, path, dirname(path));
    } catch (error) {
      // A module that failed must run again when it is asked for again, as a new sandbox would run it.
      this.#cache.delete(path);
      throw error;
    }
    return module;
  }

  /** Two functions, one inside the other, so that a bundle may declare `const process` without clashing with ours. */
  #compile(path: string, source: string): (...args: unknown[]) => void {
    const opening = 'return function (exports, require, module, __filename, __dirname) {';
    const { scope } = this.#globals;
    try {
      return compileFunction(`${opening}${source}\n}`, Object.keys(scope), {
        filename: path,
        columnOffset: -opening.length,
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      })(...Object.values(scope));
    } catch (error) {
      throw new RuntimeError('Runtime.UserCodeSyntaxError', String(error));
    }
  }

  #require(from: string): (id: string) => unknown {
    const hostRequire = createRequire(from);
    return (id) => {
      if (isBuiltin(id)) return this.#builtin(id.replace(/^node:/, '')) ?? hostRequire(id);
      if (id.startsWith('.') || id.startsWith(this.#directory + sep)) {
        const path = resolveOrNothing(hostRequire, id);
        if (path?.startsWith(this.#directory + sep)) return this.#load(path).exports;
      }
      const found = this.#layers(id);
      if (found) return found.exports;
      throw new RuntimeError(
        'Runtime.ImportModuleError',
        `Error: Cannot find module '${id}'\nRequire stack:\n- ${from}`,
      );
    };
  }

  /** Modules that would hand out the host's own process, console or clock, or leave it for a request to the services. */
  #builtin(name: string): unknown {
    const { process, console, timers, http } = this.#globals;
    switch (name) {
      case 'process':
        return process;
      case 'console':
        return Object.assign(Object.create(console), { Console });
      case 'http':
        return http;
      case 'timers':
        return { setImmediate, clearImmediate, ...timers };
      case 'timers/promises':
        // Under the wall clock the module itself serves: it also has `setInterval` and `scheduler`.
        return timers === hostTimers
          ? undefined
          : { setTimeout: promisify(timers.setTimeout), setImmediate: promisify(setImmediate) };
      default:
        return undefined;
    }
  }
}

function isHandler(value: unknown): value is (event: unknown, context: unknown) => unknown {
  return typeof value === 'function';
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function resolveOrNothing(hostRequire: NodeJS.Require, id: string): string | undefined {
  try {
    return hostRequire.resolve(id);
  } catch {
    return undefined;
  }
}
