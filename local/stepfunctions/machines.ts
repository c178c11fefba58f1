import { randomUUID } from 'node:crypto';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import type { Machine } from './definition.ts';
import { checkMachineArn, checkName, machineArn } from './names.ts';
import type { MachineRow, Store } from './store.ts';
import { readDefinition } from './validate.ts';

/** The state machines that this cloud knows, from the template and from CreateStateMachine. */
export class Machines {
  readonly #kernel: Kernel;
  readonly #store: Store;
  readonly #rows = new Map<string, MachineRow>();
  readonly #provisioned = new Set<string>();
  readonly #parsed = new Map<string, Machine>();

  constructor(kernel: Kernel, store: Store) {
    this.#kernel = kernel;
    this.#store = store;
    for (const row of store.machines()) this.#rows.set(row.arn, row);
  }

  list(): MachineRow[] {
    return [...this.#rows.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** @throws AwsError InvalidArn, StateMachineDoesNotExist */
  get(arn: string): MachineRow {
    checkMachineArn(arn);
    const row = this.#rows.get(arn);
    if (!row) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return row;
  }

  /** The definition, read and checked once for each text. */
  machineOf(definition: string): Machine {
    let machine = this.#parsed.get(definition);
    if (!machine) {
      const read = readDefinition(definition);
      if ('problems' in read) throw new AwsError('InvalidDefinition', invalidDefinition(read.problems));
      machine = read.machine;
      this.#parsed.set(definition, machine);
    }
    return machine;
  }

  /**
   * Creates or updates a machine; its executions that are under way keep the definition they started with. Inside a storage write.
   * @throws AwsError InvalidName, InvalidDefinition, StateMachineAlreadyExists
   */
  put(machine: Pick<MachineRow, 'name' | 'type' | 'role' | 'definition' | 'source'>): MachineRow {
    checkName(machine.name);
    this.machineOf(machine.definition);
    const arn = machineArn(this.#kernel.region, this.#kernel.account, machine.name);
    const existing = this.#rows.get(arn);
    const same =
      existing?.definition === machine.definition && existing.role === machine.role && existing.type === machine.type;
    if (machine.source === 'api' && existing) {
      if (same) return existing;
      throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
    }
    const row: MachineRow = {
      ...machine,
      arn,
      revision: existing && same ? existing.revision : randomUUID(),
      created: existing?.created ?? this.#kernel.clock.now(),
    };
    this.#store.putMachine(row);
    this.#rows.set(arn, row);
    this.#provisioned.add(arn);
    return row;
  }

  /**
   * Changes a machine that exists. One of the template is what the template says again at the next start. Inside a storage write.
   * @throws AwsError InvalidArn, InvalidDefinition, StateMachineDoesNotExist
   */
  update(arn: string, change: Partial<Pick<MachineRow, 'definition' | 'role'>>): MachineRow {
    const row: MachineRow = { ...this.get(arn), ...change, revision: randomUUID() };
    this.machineOf(row.definition);
    this.#store.putMachine(row);
    this.#rows.set(arn, row);
    return row;
  }

  /** Forgets a machine, if there is one; its executions that are under way go on. Inside a storage write. */
  delete(arn: string): void {
    this.#rows.delete(arn);
    this.#store.deleteMachine(arn);
  }

  /** Forgets the machines that the template no longer has. Inside a storage write, when everything is provisioned. */
  dropUnprovisioned(): void {
    for (const row of this.#rows.values()) {
      if (row.source === 'api' || this.#provisioned.has(row.arn)) continue;
      this.#rows.delete(row.arn);
      this.#store.deleteMachine(row.arn);
    }
  }
}

function invalidDefinition(problems: { state: string; message: string }[]): string {
  const lines = problems.map(({ state, message }) => (state ? `${state}: ${message}` : message));
  return `Invalid State Machine Definition: '${lines.join('; ')}'`;
}
