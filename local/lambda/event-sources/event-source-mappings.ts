import type { Kernel, ResourceHandler } from '../../kernel/kernel.ts';
import type { QueueSource, StreamSource } from '../../kernel/streams.ts';
import type { FunctionRegistry } from '../function-registry.ts';
import type { Invoker } from '../invoker.ts';
import { Checkpoints } from './checkpoints.ts';
import { mappingProperties, readMapping } from './mapping-config.ts';
import { QueueMapping } from './queue-mapping.ts';
import { StreamMapping } from './stream-mapping.ts';

/** The event source mappings of the template. They start when everything is provisioned. */
export class EventSourceMappings {
  readonly resource: ResourceHandler;
  #mappings = new Map<string, StreamMapping | QueueMapping>();

  constructor(
    kernel: Kernel,
    invoker: Invoker,
    functions: FunctionRegistry,
    sources: { streams: StreamSource; queues: QueueSource },
  ) {
    const checkpoints = new Checkpoints(kernel);
    this.resource = {
      type: 'AWS::Lambda::EventSourceMapping',
      ...mappingProperties,
      provision: (resource) => {
        const config = readMapping(resource);
        const fn = functions.resolve(config.functionName);
        const mapping =
          config.kind === 'stream'
            ? new StreamMapping(kernel, invoker, sources.streams, checkpoints, fn, config)
            : new QueueMapping(kernel, invoker, sources.queues, fn, config);
        this.#mappings.set(config.uuid, mapping);
        const arn = `arn:aws:lambda:${kernel.region}:${kernel.account}:event-source-mapping:${config.uuid}`;
        return { ref: config.uuid, attributes: { Id: config.uuid, EventSourceMappingArn: arn } };
      },
    };
  }

  start(): void {
    for (const mapping of this.#mappings.values()) if (mapping.config.enabled) mapping.start();
  }

  stop(): void {
    for (const mapping of this.#mappings.values()) mapping.stop();
  }

  /** As `ListEventSourceMappings` shows them. */
  describe(filter: { FunctionName?: string | undefined; EventSourceArn?: string | undefined }) {
    return [...this.#mappings.values()]
      .filter(
        ({ config, fn }) =>
          (!filter.FunctionName || filter.FunctionName === fn.name || filter.FunctionName === fn.arn) &&
          (!filter.EventSourceArn || filter.EventSourceArn === config.sourceArn),
      )
      .map(({ config, fn }) => ({
        UUID: config.uuid,
        EventSourceArn: config.sourceArn,
        FunctionArn: fn.arn,
        State: config.enabled ? 'Enabled' : 'Disabled',
        BatchSize: config.batchSize,
        MaximumBatchingWindowInSeconds: config.windowMs / 1000,
        FunctionResponseTypes: config.reportsItemFailures ? ['ReportBatchItemFailures'] : [],
      }));
  }
}
