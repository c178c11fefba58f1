import * as z from 'zod';
import type { Kernel } from '../kernel/kernel.ts';
import { compileRule, type Rule, type RuleDefinition, ruleShape } from './rule.ts';

export const DEFAULT_BUS = 'default';

const busShape = z.object({ name: z.string(), from_template: z.number() });
const rowShape = z.object({ definition: z.string() });

/** The buses and their rules: in storage, with the rules compiled in memory. */
export class RuleRegistry {
  readonly #kernel: Kernel;
  readonly #buses = new Map<string, Map<string, Rule>>([[DEFAULT_BUS, new Map()]]);
  readonly #provisioned = new Set<string>();
  readonly #sql;

  constructor(kernel: Kernel) {
    const { db } = kernel.storage;
    db.exec(`CREATE TABLE IF NOT EXISTS events_bus (name TEXT PRIMARY KEY, from_template INTEGER NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS events_rule (arn TEXT PRIMARY KEY, definition TEXT NOT NULL) STRICT`);
    this.#kernel = kernel;
    this.#sql = {
      saveBus: db.prepare('INSERT OR REPLACE INTO events_bus (name, from_template) VALUES (?, ?)'),
      saveRule: db.prepare('INSERT OR REPLACE INTO events_rule (arn, definition) VALUES (?, ?)'),
      deleteRule: db.prepare('DELETE FROM events_rule WHERE arn = ?'),
    };
    for (const row of db.prepare('SELECT * FROM events_bus').all())
      this.#buses.set(busShape.parse(row).name, new Map());
    for (const row of db.prepare('SELECT definition FROM events_rule').all()) {
      const definition = ruleShape.parse(JSON.parse(rowShape.parse(row).definition));
      this.#buses.get(definition.bus)?.set(definition.name, compileRule(definition));
    }
  }

  /** Of a name or an ARN. */
  busName(nameOrArn: string | undefined): string {
    return nameOrArn?.replace(/^arn:aws:events:[^:]*:[^:]*:event-bus\//, '') ?? DEFAULT_BUS;
  }

  busArn(name: string): string {
    return `arn:aws:events:${this.#kernel.region}:${this.#kernel.account}:event-bus/${name}`;
  }

  ruleArn(bus: string, name: string): string {
    const path = bus === DEFAULT_BUS ? name : `${bus}/${name}`;
    return `arn:aws:events:${this.#kernel.region}:${this.#kernel.account}:rule/${path}`;
  }

  hasBus(name: string): boolean {
    return this.#buses.has(name);
  }

  buses(): string[] {
    return [...this.#buses.keys()];
  }

  rules(bus: string): Rule[] {
    return [...(this.#buses.get(bus)?.values() ?? [])];
  }

  rule(bus: string, name: string): Rule | undefined {
    return this.#buses.get(bus)?.get(name);
  }

  ruleByArn(arn: string): Rule | undefined {
    const path = arn.slice(arn.indexOf(':rule/') + ':rule/'.length).split('/');
    const name = path.pop() ?? '';
    return this.rule(path[0] ?? DEFAULT_BUS, name);
  }

  /** Inside a write. */
  saveBus(name: string): void {
    this.#sql.saveBus.run(name, 1);
    if (!this.#buses.has(name)) this.#buses.set(name, new Map());
  }

  /** Inside a write. @throws AwsError for a definition that is not valid. */
  saveRule(definition: RuleDefinition): Rule {
    const rule = compileRule(definition);
    this.#sql.saveRule.run(definition.arn, JSON.stringify(definition));
    this.#buses.get(definition.bus)?.set(definition.name, rule);
    if (definition.fromTemplate) this.#provisioned.add(definition.arn);
    return rule;
  }

  /** Inside a write. */
  deleteRule({ bus, name, arn }: RuleDefinition): void {
    this.#sql.deleteRule.run(arn);
    this.#buses.get(bus)?.delete(name);
  }

  /** The rules of an earlier template that this one no longer has. */
  leftOver(): RuleDefinition[] {
    return this.buses()
      .flatMap((bus) => this.rules(bus))
      .map(({ definition }) => definition)
      .filter(({ fromTemplate, arn }) => fromTemplate && !this.#provisioned.has(arn));
  }
}
