import * as z from 'zod';
import type { Kernel, ResourceHandler } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import { physicalName } from '../kernel/physical-name.ts';
import type { Archives } from './archives.ts';
import type { Bus } from './bus.ts';
import { targetShape } from './rule.ts';
import { DEFAULT_BUS, type RuleRegistry } from './rule-registry.ts';

const ruleShape = z.object({
  Name: z.string().optional(),
  Description: z.string().optional(),
  EventBusName: z.string().optional(),
  EventPattern: z.record(z.string(), z.json()).optional(),
  ScheduleExpression: z.string().optional(),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Targets: z.array(targetShape).default([]),
});

export function ruleResource(registry: RuleRegistry, bus: Bus): ResourceHandler {
  return {
    type: 'AWS::Events::Rule',
    honored: [
      'Name',
      'Description',
      'EventBusName',
      'EventPattern',
      'ScheduleExpression',
      'State',
      ...[
        'Id',
        'Arn',
        'RoleArn',
        'Input',
        'InputPath',
        'InputTransformer',
        'RetryPolicy',
        'SqsParameters.MessageGroupId',
      ].map((name) => `Targets.*.${name}`),
      'Targets.*.DeadLetterConfig.Arn',
    ],
    ignored: ['Tags'],
    provision(resource) {
      const asked = parseInput(ruleShape, resource.properties);
      const busName = registry.busName(asked.EventBusName);
      if (!registry.hasBus(busName)) throw new Error(`${resource.logicalId}: there is no event bus ${busName}`);
      const name = asked.Name ?? physicalName(resource, 64);
      const arn = registry.ruleArn(busName, name);
      const rule = registry.saveRule({
        name,
        bus: busName,
        arn,
        enabled: asked.State === 'ENABLED',
        description: asked.Description,
        pattern: asked.EventPattern && JSON.stringify(asked.EventPattern),
        schedule: asked.ScheduleExpression,
        targets: asked.Targets,
        fromTemplate: true,
      });
      bus.schedule(rule);
      return { ref: busName === DEFAULT_BUS ? name : `${busName}|${name}`, attributes: { Arn: arn } };
    },
  };
}

export function busResource(registry: RuleRegistry): ResourceHandler {
  return {
    type: 'AWS::Events::EventBus',
    honored: ['Name'],
    // How AWS encrypts and logs what passes: nothing of it is seen from outside. A bus's own dead letter queue is for events that its
    // key cannot encrypt, of which there are none here.
    ignored: ['Description', 'Tags', 'KmsKeyIdentifier', 'LogConfig', 'DeadLetterConfig'],
    provision(resource) {
      const { Name } = parseInput(z.object({ Name: z.string() }), resource.properties);
      registry.saveBus(Name);
      return { ref: Name, attributes: { Name, Arn: registry.busArn(Name) } };
    },
  };
}

const archiveShape = z.object({
  ArchiveName: z.string().optional(),
  Description: z.string().optional(),
  SourceArn: z.string(),
  EventPattern: z.record(z.string(), z.json()).optional(),
  RetentionDays: z.coerce.number().int().min(0).default(0),
});

export function archiveResource(kernel: Kernel, registry: RuleRegistry, archives: Archives): ResourceHandler {
  return {
    type: 'AWS::Events::Archive',
    honored: ['ArchiveName', 'Description', 'SourceArn', 'EventPattern', 'RetentionDays'],
    ignored: ['KmsKeyIdentifier'],
    provision(resource) {
      const asked = parseInput(archiveShape, resource.properties);
      const name = asked.ArchiveName ?? physicalName(resource, 48);
      archives.save({
        name,
        bus: registry.busName(asked.SourceArn),
        description: asked.Description,
        pattern: asked.EventPattern && JSON.stringify(asked.EventPattern),
        retentionDays: asked.RetentionDays,
        createdAt: archives.find(name)?.createdAt ?? kernel.clock.now(),
      });
      return { ref: name, attributes: { Arn: archives.arn(name), ArchiveName: name } };
    },
  };
}
