import { randomUUID } from 'node:crypto';
import { Outbox } from '../delivery/outbox.ts';
import { type Delivery, sendToTarget, serviceOfTarget } from '../delivery/target.ts';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal } from '../kernel/kernel.ts';
import type { Group } from '../kernel/storage.ts';
import { Ticker } from '../scheduler/ticker.ts';
import type { QueueSink } from '../sqs/service.ts';
import type { Archives } from './archives.ts';
import { fieldsOf } from './event-fields.ts';
import type { Rule } from './rule.ts';
import type { RuleRegistry } from './rule-registry.ts';
import type { EventObject } from './target-input.ts';

/** Takes events in, puts them to the rules of their bus, and sees to it that the targets get them. */
export class Bus {
  readonly outbox: Outbox;
  readonly ticker: Ticker;
  readonly #kernel: Kernel;
  readonly #registry: RuleRegistry;
  readonly #archives: Archives;
  readonly #queues: QueueSink | undefined;

  constructor(kernel: Kernel, registry: RuleRegistry, archives: Archives, queues: QueueSink | undefined) {
    this.#kernel = kernel;
    this.#registry = registry;
    this.#archives = archives;
    this.#queues = queues;
    this.outbox = new Outbox(kernel, {
      name: 'events',
      sourceAttribute: 'RULE_ARN',
      send: (delivery) => this.#send(delivery),
      deadLetterPrincipal: ({ source }) => asService(source),
    });
    this.ticker = new Ticker(kernel, 'events', (group, ruleArn, dueAt, anchor) =>
      this.#tick(group, ruleArn, dueAt, anchor),
    );
  }

  /**
   * Inside a write: with it everything that the event causes is on disk, either in the target's queue or owed in the outbox.
   * @param onlyRules ARNs of the rules that see it (a replay); all if left out.
   */
  publish(group: Group, bus: string, event: EventObject, onlyRules?: string[]): void {
    const text = JSON.stringify(event);
    const fields = fieldsOf(event);
    this.#archives.keep(group, bus, event, fields, text);
    for (const rule of this.#registry.rules(bus)) {
      if (!rule.definition.enabled || !rule.pattern) continue;
      if (onlyRules && !onlyRules.includes(rule.definition.arn)) continue;
      if (rule.pattern.matches(fields)) this.#deliver(group, rule, event, text);
    }
  }

  /** Sets, or clears, when a rule with a schedule is due. Inside a write. */
  schedule({ definition, schedule }: Rule): void {
    const now = this.#kernel.clock.now();
    if (schedule && definition.enabled) {
      this.ticker.set(definition.arn, definition.schedule ?? '', now, () => schedule.next(now, now));
    } else this.ticker.remove(definition.arn);
  }

  #deliver(group: Group, rule: Rule, event: EventObject, text: string): void {
    for (const makeDelivery of rule.deliveries) {
      const delivery = makeDelivery(event, text);
      if (!this.#putIntoQueue(group, delivery)) this.outbox.add(group, delivery);
    }
  }

  /** The short way to a queue of this machine: into it in the same write. Whatever goes wrong takes the long way, with its retries. */
  #putIntoQueue(group: Group, delivery: Delivery): boolean {
    if (!this.#queues || delivery.fault || serviceOfTarget(delivery.target) !== 'sqs') return false;
    const message = { body: delivery.input, groupId: delivery.messageGroupId };
    try {
      this.#queues.enqueue(group, delivery.target, message, principalOf(delivery));
      return true;
    } catch (error) {
      if (error instanceof AwsError) return false;
      throw error;
    }
  }

  async #send(delivery: Delivery): Promise<void> {
    const principal = principalOf(delivery);
    if (serviceOfTarget(delivery.target) !== 'events') {
      await sendToTarget(this.#kernel, delivery, principal);
      return;
    }
    // From bus to bus an event stays the same one: its id, its time.
    this.#kernel.authorizer.authorize(principal, 'events:PutEvents', delivery.target);
    const bus = this.#registry.busName(delivery.target);
    if (!this.#registry.hasBus(bus))
      throw new AwsError('ResourceNotFoundException', `Event bus ${bus} does not exist.`);
    const event: EventObject = JSON.parse(delivery.event ?? delivery.input);
    await this.#kernel.storage.write((group) => this.publish(group, bus, event));
  }

  #tick(group: Group, ruleArn: string, dueAt: number, anchor: number): number | undefined {
    const rule = this.#registry.ruleByArn(ruleArn);
    if (!rule?.schedule) return undefined;
    const event = {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: this.#kernel.account,
      time: toEventTime(dueAt),
      region: this.#kernel.region,
      resources: [ruleArn],
      detail: {},
    };
    this.#deliver(group, rule, event, JSON.stringify(event));
    return rule.schedule.next(this.#kernel.clock.now(), anchor);
  }
}

/** Whole seconds, as in `2022-07-13T13:48:01Z`. */
export function toEventTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function asService(ruleArn: string): Principal {
  return { kind: 'service', service: 'events.amazonaws.com', sourceArn: ruleArn };
}

function principalOf({ source, roleArn }: Delivery): Principal {
  if (!roleArn) return asService(source);
  return { kind: 'role', arn: roleArn, session: source.slice(source.lastIndexOf('/') + 1) };
}
