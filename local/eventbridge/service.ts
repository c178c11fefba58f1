import { AwsError } from '../kernel/errors.ts';
import type { Kernel, Service } from '../kernel/kernel.ts';
import type { QueueSink } from '../sqs/service.ts';
import { archiveApi } from './archive-api.ts';
import { Archives } from './archives.ts';
import { Bus } from './bus.ts';
import { putEvents } from './put-events.ts';
import { Replays } from './replays.ts';
import { archiveResource, busResource, ruleResource } from './resources.ts';
import { ruleApi } from './rule-api.ts';
import { RuleRegistry } from './rule-registry.ts';

/**
 * Amazon EventBridge: buses, rules, archives and replays. Deliveries are owed durably: PutEvents answers when they are on disk, and they
 * go on after a crash. Source of the rules: EventBridge API Reference and User Guide.
 * @param queues the queues of this machine: with them an event is in its target queues by the same write that took it in.
 */
export function createEventBridge(kernel: Kernel, queues?: QueueSink): Service {
  const registry = new RuleRegistry(kernel);
  const archives = new Archives(kernel);
  const bus = new Bus(kernel, registry, archives, queues);
  const replays = new Replays(kernel, archives, bus);
  const operations = { ...ruleApi(kernel, registry, bus), ...archiveApi(kernel, registry, archives, replays) };

  return {
    name: 'events',
    operations: ['PutEvents', ...Object.keys(operations)],
    json: { targetPrefixes: ['AWSEvents'], version: '1.1' },
    resources: [busResource(registry), ruleResource(registry, bus), archiveResource(kernel, registry, archives)],

    async call(operation, input, principal) {
      if (operation === 'PutEvents') return await putEvents(kernel, registry, bus, input, principal);
      const handle = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
      if (!handle) {
        throw new AwsError('UnknownOperationException', `EventBridge on this machine has no operation ${operation}.`);
      }
      return await handle(input, principal);
    },

    start() {
      const removed = kernel.storage.write(() => {
        for (const rule of registry.leftOver()) {
          registry.deleteRule(rule);
          bus.ticker.remove(rule.arn);
        }
      });
      kernel.track(removed).catch((error: unknown) => kernel.report('events start', error));
      archives.startCleaning();
      bus.outbox.start();
      bus.ticker.start();
      replays.resume();
    },

    async stop() {
      archives.stop();
      bus.outbox.stop();
      bus.ticker.stop();
    },
  };
}
