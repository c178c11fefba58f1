import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { parseInput } from '../kernel/parse-input.ts';
import type { Archive, Archives } from './archives.ts';
import type { Replay, Replays } from './replays.ts';
import { notFound, type Operations } from './rule-api.ts';
import type { RuleRegistry } from './rule-registry.ts';

// Epoch seconds on the wire; a Date when called in process.
const time = z.union([z.number().transform((seconds) => seconds * 1000), z.date().transform((date) => date.getTime())]);

const startReplayShape = z.strictObject({
  ReplayName: z.string().regex(/^[\w.-]{1,64}$/),
  Description: z.string().optional(),
  EventSourceArn: z.string(),
  EventStartTime: time,
  EventEndTime: time,
  Destination: z.strictObject({ Arn: z.string(), FilterArns: z.array(z.string()).optional() }),
});

/** The calls on archives and replays. */
export function archiveApi(kernel: Kernel, registry: RuleRegistry, archives: Archives, replays: Replays): Operations {
  return {
    async DescribeArchive(input, principal) {
      const { ArchiveName } = parseInput(z.strictObject({ ArchiveName: z.string() }), input);
      kernel.authorizer.authorize(principal, 'events:DescribeArchive', archives.arn(ArchiveName));
      const archive = archives.find(ArchiveName);
      if (!archive) throw notFound(`Archive ${ArchiveName} does not exist.`);
      const { pattern, description } = archive;
      const summary = await kernel.storage.read(() => summarize(archive));
      return {
        ...summary,
        ArchiveArn: archives.arn(ArchiveName),
        ...(pattern !== undefined && { EventPattern: pattern }),
        ...(description !== undefined && { Description: description }),
      };
    },

    async ListArchives(input, principal) {
      const { NamePrefix } = parseInput(z.strictObject({ NamePrefix: z.string().default('') }), input);
      kernel.authorizer.authorize(principal, 'events:ListArchives', archives.arn('*'));
      const found = archives.all().filter(({ name }) => name.startsWith(NamePrefix));
      return { Archives: await kernel.storage.read(() => found.map(summarize)) };
    },

    async StartReplay(input, principal) {
      const asked = parseInput(startReplayShape, input);
      kernel.authorizer.authorize(principal, 'events:StartReplay', replays.arn(asked.ReplayName));
      const archive = archives.all().find(({ name }) => archives.arn(name) === asked.EventSourceArn);
      if (!archive) throw notFound(`Archive ${asked.EventSourceArn} does not exist.`);
      if (asked.Destination.Arn !== registry.busArn(archive.bus)) {
        throw new AwsError(
          'ValidationException',
          'Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.',
        );
      }
      if (asked.EventEndTime <= asked.EventStartTime) {
        throw new AwsError(
          'ValidationException',
          'Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
        );
      }
      const startedAt = kernel.clock.now();
      const replay: Replay = {
        name: asked.ReplayName,
        description: asked.Description,
        archive: archive.name,
        bus: archive.bus,
        from: asked.EventStartTime,
        to: asked.EventEndTime,
        filterArns: asked.Destination.FilterArns,
        state: 'RUNNING',
        cursor: 0,
        startedAt,
      };
      await kernel.track(replays.begin(replay));
      const ReplayArn = replays.arn(replay.name);
      return { ReplayArn, State: 'STARTING', ReplayStartTime: startedAt / 1000 };
    },

    async DescribeReplay(input, principal) {
      const { ReplayName } = parseInput(z.strictObject({ ReplayName: z.string() }), input);
      kernel.authorizer.authorize(principal, 'events:DescribeReplay', replays.arn(ReplayName));
      const replay = await kernel.storage.read(() => replays.find(ReplayName));
      if (!replay) throw notFound(`Replay ${ReplayName} does not exist.`);
      const { bus, filterArns } = replay;
      const Destination = { Arn: registry.busArn(bus), ...(filterArns && { FilterArns: filterArns }) };
      return { ...describe(replay), ReplayArn: replays.arn(ReplayName), Destination };
    },

    async ListReplays(input, principal) {
      const { NamePrefix } = parseInput(z.strictObject({ NamePrefix: z.string().default('') }), input);
      kernel.authorizer.authorize(principal, 'events:ListReplays', replays.arn('*'));
      const all = await kernel.storage.read(() => replays.all());
      return { Replays: all.filter(({ name }) => name.startsWith(NamePrefix)).map(describe) };
    },
  };

  function summarize(archive: Archive) {
    const { events, bytes } = archives.size(archive.name);
    return {
      ArchiveName: archive.name,
      EventSourceArn: registry.busArn(archive.bus),
      State: 'ENABLED',
      RetentionDays: archive.retentionDays,
      SizeBytes: bytes,
      EventCount: events,
      CreationTime: archive.createdAt / 1000,
    };
  }

  function describe(replay: Replay) {
    return {
      ReplayName: replay.name,
      EventSourceArn: archives.arn(replay.archive),
      State: replay.state,
      EventStartTime: replay.from / 1000,
      EventEndTime: replay.to / 1000,
      ReplayStartTime: replay.startedAt / 1000,
      ...(replay.lastReplayed !== undefined && { EventLastReplayedTime: replay.lastReplayed / 1000 }),
      ...(replay.endedAt !== undefined && { ReplayEndTime: replay.endedAt / 1000 }),
    };
  }
}
