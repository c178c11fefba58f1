import type { StatementSync } from 'node:sqlite';
import type { Kernel } from '../../kernel/kernel.ts';

/** How far a mapping has come: a sequence number for each lane (`null` = nothing yet). */
export type Positions = (string | null)[];

/** Where stream mappings go on after a restart. */
export class Checkpoints {
  #kernel: Kernel;
  #save: StatementSync;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
    kernel.storage.db.exec(
      'CREATE TABLE IF NOT EXISTS lambda_checkpoints (mapping TEXT PRIMARY KEY, positions TEXT NOT NULL) WITHOUT ROWID',
    );
    this.#save = kernel.storage.db.prepare('INSERT OR REPLACE INTO lambda_checkpoints VALUES (?, ?)');
  }

  /** `undefined` if the mapping has never run. */
  load(mapping: string): Positions | undefined {
    const row = this.#kernel.storage.db
      .prepare('SELECT positions FROM lambda_checkpoints WHERE mapping = ?')
      .get(mapping);
    return row && JSON.parse(String(row.positions));
  }

  save(mapping: string, positions: Positions): Promise<void> {
    return this.#kernel.track(
      this.#kernel.storage.write(() => {
        this.#save.run(mapping, JSON.stringify(positions));
      }),
    );
  }
}
