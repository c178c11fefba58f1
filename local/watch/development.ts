import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { functionFolders } from '../../infra/bundle-functions.ts';
import { generateApi } from '../../infra/generate-api.ts';
import { paths } from '../../infra/paths.ts';
import type { ProvisionedResource } from '../assembly/provision.ts';
import type { Cloud } from '../cloud.ts';
import { operator } from '../kernel/kernel.ts';
import { type Changes, watchFolders } from './changes.ts';
import { BundleError, DevelopmentBundles } from './development-bundles.ts';
import { DefinitionError, LiveMachines } from './live-machines.ts';
import { namedAfter } from './named-after.ts';
import { TypeCheck } from './type-check.ts';

export interface DevelopmentOptions {
  /** The process's own copy of the assembly: functions are replaced in it. */
  assembly: string;
  /** For a debugger: maps with sources stand in the bundles. */
  debugged: boolean;
  colored: boolean;
  /** Prints for the developer. */
  say(text: string): void;
  /** Functions were replaced. */
  onReload(): void;
}

/** More names than this say less than their number. */
const MOST_NAMES = 6;

/** A running cloud that takes over what changes in the sources: the code of functions and the definitions of state machines. */
export class Development {
  readonly #options: DevelopmentOptions;
  readonly #bundles: DevelopmentBundles;
  readonly #types: TypeCheck;
  readonly #firstBuild: Promise<void>;
  #machines = new LiveMachines([]);
  #directories = new Map<string, string>();
  #stopWatching = () => {};

  /** Begins to bundle: the cloud may start meanwhile. */
  constructor(options: DevelopmentOptions) {
    this.#options = options;
    this.#bundles = new DevelopmentBundles(join(options.assembly, 'development'), options);
    this.#types = new TypeCheck(options.say);
    this.#firstBuild = this.#firstBundles();
    this.#firstBuild.catch(() => {});
  }

  async #firstBundles(): Promise<void> {
    // The function `api/meta` carries the API's document.
    await generateApi();
    await this.#bundles.build();
  }

  /** Told by the cloud as it starts. */
  provisioned = (resources: readonly ProvisionedResource[]): void => {
    this.#machines = new LiveMachines(resources);
  };

  /** @throws BundleError */
  async attach(cloud: Cloud): Promise<void> {
    await this.#firstBuild;
    this.#directories = await directoriesOf(cloud);
    this.#bundles.install(this.#directories);
  }

  /** From here on changes are taken over. */
  watch(cloud: Cloud): void {
    // The first lint would wait a second for it.
    void import('../../state-machines/lint-rules.ts').catch(() => {});
    this.#stopWatching = watchFolders(
      paths.root,
      ['functions', 'shared', 'state-machines', 'infra'],
      (changes) => this.#take(cloud, changes),
      (error) => this.#options.say(`watching: ${error instanceof Error ? error.message : String(error)}`),
    );
  }

  async stop(): Promise<void> {
    this.#stopWatching();
    this.#types.stop();
    await this.#bundles.dispose();
  }

  async #take(cloud: Cloud, { files, since }: Changes): Promise<void> {
    const { say } = this.#options;
    const taken: string[] = [];
    const under = (folder: string) => [...files].filter((file) => file.startsWith(`${folder}/`));
    const isCode = (file: string) => /\.(ts|json)$/.test(file);
    const code = [...under('functions'), ...under('shared')].filter(isCode);
    if (code.length > 0) {
      // A check of the code before would only slow this down.
      this.#types.stop();
      taken.push(...(await this.#reloadFunctions(code)));
    }
    for (const file of existing(under('state-machines'))) {
      if (await this.#updateMachine(cloud, file)) taken.push(`state-machines/${file}`);
    }
    if (taken.length > 0) say(`reloaded ${named(taken)} (${Math.round(performance.now() - since)} ms)`);
    if (code.length > 0) this.#types.start();
    const infrastructure = under('infra').filter(isCode);
    if (infrastructure.length > 0)
      say(`${infrastructure.join(', ')} changed: restart to run what the template says now`);
    this.#sayNewFunctions();
  }

  async #reloadFunctions(code: readonly string[]): Promise<string[]> {
    try {
      await this.#bundles.build(code);
      const folders = this.#bundles.install(this.#directories);
      if (folders.length > 0) this.#options.onReload();
      return folders.length === this.#directories.size ? [`all ${folders.length} functions`] : folders;
    } catch (error) {
      if (!(error instanceof BundleError)) throw error;
      this.#options.say(`not reloaded, the code before goes on\n${error.message}`);
      return [];
    }
  }

  async #updateMachine(cloud: Cloud, file: string): Promise<boolean> {
    try {
      await this.#machines.update(cloud.kernel, file);
      return true;
    } catch (error) {
      if (!(error instanceof DefinitionError)) throw error;
      this.#options.say(`state-machines/${file} not taken, the definition before stays\n${error.message}`);
      return false;
    }
  }

  #sayNewFunctions(): void {
    const unknown = functionFolders().filter((folder) => !this.#directories.has(folder));
    if (unknown.length === 0) return;
    this.#options.say(
      `functions/${unknown.join(', functions/')} not in the template that runs: add to infra/functions and restart`,
    );
  }
}

/** Where each function's bundle is, by its folder in functions/. */
async function directoriesOf({ services }: Cloud): Promise<Map<string, string>> {
  const folders = functionFolders();
  const directories = new Map<string, string>();
  const { Functions } = (await services.lambda.call('ListFunctions', {}, operator)) as {
    Functions: { FunctionName: string }[];
  };
  for (const { FunctionName } of Functions) {
    const folder = namedAfter(FunctionName, folders);
    if (folder === undefined) continue;
    const { Code } = (await services.lambda.call('GetFunction', { FunctionName }, operator)) as {
      Code: { Location: string };
    };
    const directory = fileURLToPath(Code.Location);
    const shared = [...directories].find(([, other]) => other === directory);
    if (shared) throw new Error(`${folder} and ${shared[0]} have the same bundle: only one of them could be reloaded`);
    directories.set(folder, directory);
  }
  return directories;
}

/** A definition that was deleted is the template's matter. */
function existing(files: readonly string[]): string[] {
  const there = new Set(readdirSync(paths.stateMachines));
  return files
    .map((file) => file.slice('state-machines/'.length))
    .filter((file) => file.endsWith('.asl.json') && there.has(file));
}

function named(taken: readonly string[]): string {
  return taken.length <= MOST_NAMES ? taken.join(', ') : `${taken.length} functions`;
}
