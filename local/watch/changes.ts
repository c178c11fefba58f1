import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';

/** Editors write a file in several steps, and save several files at once: what comes within this time is one change. */
const DEBOUNCE_MS = 40;

export interface Changes {
  /** Paths relative to the root, with forward slashes. */
  files: ReadonlySet<string>;
  /** When the first of them was noticed, as of `performance.now()`. */
  since: number;
}

/**
 * Tells of changed files under folders of a root. One telling at a time: what changes meanwhile comes with the next.
 * @returns ends it
 */
export function watchFolders(
  root: string,
  folders: readonly string[],
  tell: (changes: Changes) => Promise<void>,
  fail: (error: unknown) => void,
): () => void {
  let files = new Set<string>();
  let since = 0;
  let timer: NodeJS.Timeout | undefined;
  let telling = false;
  let ended = false;

  const flush = async () => {
    if (telling || ended || files.size === 0) return;
    telling = true;
    const changes = { files, since };
    files = new Set();
    await tell(changes).catch(fail);
    telling = false;
    void flush();
  };
  const noticed = (file: string) => {
    // What editors leave beside a file for a moment.
    if (/(^|\/)\.|~$|\.(swp|tmp)$|\/4913$/.test(file)) return;
    if (files.size === 0) since = performance.now();
    files.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), DEBOUNCE_MS);
    timer.unref();
  };
  const watchers: FSWatcher[] = folders.map((folder) =>
    watch(join(root, folder), { recursive: true }, (_event, name) => {
      if (name !== null) noticed(`${folder}/${name.replaceAll('\\', '/')}`);
    }).on('error', fail),
  );
  return () => {
    ended = true;
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
