import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Principal } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { parseJson } from '../kernel/parse-json.ts';
import type { Bus } from './bus.ts';
import { fieldsOf } from './event-fields.ts';
import { compilePattern } from './pattern.ts';
import { compileRule, type Rule, type RuleDefinition, targetShape } from './rule.ts';
import type { RuleRegistry } from './rule-registry.ts';

export type Operations = Record<string, (input: unknown, principal: Principal) => Promise<unknown>>;

const EventBusName = z.string().optional();
const ruleKey = z.strictObject({ Name: z.string(), EventBusName });
const putRuleShape = z.strictObject({
  Name: z.string(),
  EventBusName,
  EventPattern: z.string().max(4096).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Description: z.string().optional(),
  RoleArn: z.never('a role of a rule is not honored: give the target one').optional(),
});
const targetsKey = z.strictObject({ Rule: z.string(), EventBusName });
const listRulesShape = z.strictObject({ NamePrefix: z.string().default(''), EventBusName });
const testShape = z.strictObject({ EventPattern: z.string(), Event: z.string() });
const eventShape = z.record(z.string(), z.json());

/** The calls on rules, their targets and patterns. */
export function ruleApi(kernel: Kernel, registry: RuleRegistry, bus: Bus): Operations {
  const write = <T>(change: Parameters<typeof kernel.storage.write<T>>[0]) =>
    kernel.track(kernel.storage.write(change));

  const authorize = (principal: Principal, action: string, busName: string | undefined, rule: string): string => {
    const name = registry.busName(busName);
    kernel.authorizer.authorize(principal, `events:${action}`, registry.ruleArn(name, rule));
    if (!registry.hasBus(name)) throw notFound(`Event bus ${name} does not exist.`);
    return name;
  };
  const existing = (busName: string, name: string): Rule => {
    const rule = registry.rule(busName, name);
    if (!rule) throw notFound(`Rule ${name} does not exist on EventBus ${busName}.`);
    return rule;
  };
  const save = (definition: RuleDefinition) => write(() => bus.schedule(registry.saveRule(definition)));

  return {
    async TestEventPattern(input, principal) {
      const { EventPattern, Event } = parseInput(testShape, input);
      kernel.authorizer.authorize(principal, 'events:TestEventPattern', '*');
      const pattern = compilePattern(EventPattern);
      return { Result: pattern.matches(fieldsOf(parseInput(eventShape, parseEvent(Event)))) };
    },

    async PutRule(input, principal) {
      const asked = parseInput(putRuleShape, input);
      const busName = authorize(principal, 'PutRule', asked.EventBusName, asked.Name);
      const arn = registry.ruleArn(busName, asked.Name);
      const before = registry.rule(busName, asked.Name)?.definition;
      await save({
        name: asked.Name,
        bus: busName,
        arn,
        enabled: asked.State === 'ENABLED',
        description: asked.Description,
        pattern: asked.EventPattern,
        schedule: asked.ScheduleExpression,
        targets: before?.targets ?? [],
        fromTemplate: before?.fromTemplate ?? false,
      });
      return { RuleArn: arn };
    },

    async DescribeRule(input, principal) {
      const { Name, EventBusName } = parseInput(ruleKey, input);
      return describe(existing(authorize(principal, 'DescribeRule', EventBusName, Name), Name).definition);
    },

    async ListRules(input, principal) {
      const { NamePrefix, EventBusName } = parseInput(listRulesShape, input);
      const busName = authorize(principal, 'ListRules', EventBusName, '*');
      const rules = registry.rules(busName).filter(({ definition }) => definition.name.startsWith(NamePrefix));
      return { Rules: rules.map(({ definition }) => describe(definition)) };
    },

    async EnableRule(input, principal) {
      const { Name, EventBusName } = parseInput(ruleKey, input);
      const { definition } = existing(authorize(principal, 'EnableRule', EventBusName, Name), Name);
      await save({ ...definition, enabled: true });
      return {};
    },

    async DisableRule(input, principal) {
      const { Name, EventBusName } = parseInput(ruleKey, input);
      const { definition } = existing(authorize(principal, 'DisableRule', EventBusName, Name), Name);
      await save({ ...definition, enabled: false });
      return {};
    },

    async DeleteRule(input, principal) {
      const { Name, EventBusName } = parseInput(ruleKey, input);
      const rule = registry.rule(authorize(principal, 'DeleteRule', EventBusName, Name), Name);
      if (!rule) return {};
      if (rule.definition.targets.length > 0) {
        throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
      }
      await write(() => {
        registry.deleteRule(rule.definition);
        bus.ticker.remove(rule.definition.arn);
      });
      return {};
    },

    async PutTargets(input, principal) {
      const shape = targetsKey.extend({ Targets: z.array(targetShape).min(1) });
      const { Rule, EventBusName, Targets } = parseInput(shape, input);
      const { definition } = existing(authorize(principal, 'PutTargets', EventBusName, Rule), Rule);
      const kept = definition.targets.filter(({ Id }) => !Targets.some((target) => target.Id === Id));
      const changed = { ...definition, targets: [...kept, ...Targets] };
      compileRule(changed);
      await save(changed);
      return { FailedEntryCount: 0, FailedEntries: [] };
    },

    async RemoveTargets(input, principal) {
      const { Rule, EventBusName, Ids } = parseInput(targetsKey.extend({ Ids: z.array(z.string()).min(1) }), input);
      const { definition } = existing(authorize(principal, 'RemoveTargets', EventBusName, Rule), Rule);
      await save({ ...definition, targets: definition.targets.filter(({ Id }) => !Ids.includes(Id)) });
      return { FailedEntryCount: 0, FailedEntries: [] };
    },

    async ListTargetsByRule(input, principal) {
      const { Rule, EventBusName } = parseInput(targetsKey, input);
      const { definition } = existing(authorize(principal, 'ListTargetsByRule', EventBusName, Rule), Rule);
      return { Targets: definition.targets };
    },

    async DescribeEventBus(input, principal) {
      const asked = parseInput(z.strictObject({ Name: z.string().optional() }), input);
      const Name = registry.busName(asked.Name);
      kernel.authorizer.authorize(principal, 'events:DescribeEventBus', registry.busArn(Name));
      if (!registry.hasBus(Name)) throw notFound(`Event bus ${Name} does not exist.`);
      return { Name, Arn: registry.busArn(Name) };
    },

    async ListEventBuses(input, principal) {
      const { NamePrefix } = parseInput(z.strictObject({ NamePrefix: z.string().default('') }), input);
      kernel.authorizer.authorize(principal, 'events:ListEventBuses', '*');
      const names = registry.buses().filter((name) => name.startsWith(NamePrefix));
      return { EventBuses: names.map((Name) => ({ Name, Arn: registry.busArn(Name) })) };
    },
  };
}

function describe(rule: RuleDefinition) {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventBusName: rule.bus,
    State: rule.enabled ? 'ENABLED' : 'DISABLED',
    ...(rule.description !== undefined && { Description: rule.description }),
    ...(rule.pattern !== undefined && { EventPattern: rule.pattern }),
    ...(rule.schedule !== undefined && { ScheduleExpression: rule.schedule }),
  };
}

export function notFound(message: string): AwsError {
  return new AwsError('ResourceNotFoundException', message);
}

function parseEvent(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    throw new AwsError('ValidationException', 'Parameter Event is not valid.');
  }
}
