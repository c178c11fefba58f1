import type { Json, Principal } from './kernel.ts';

/** The doors between the services that feed functions (tables, queues) and the event source mappings. Records have the shape the function sees. */
export interface StreamSource {
  /** Records of the stream after `sequence` (undefined = from the oldest kept), oldest first, committed ones only. */
  readStream(streamArn: string, afterSequence: string | undefined, limit: number): readonly StreamRecord[];
  /** Calls `listener` after a commit that appended to the stream. Returns the unsubscriber. */
  onStreamAppend(streamArn: string, listener: () => void): () => void;
}

export interface StreamRecord {
  eventID: string;
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  eventVersion: '1.1';
  eventSource: 'aws:dynamodb';
  awsRegion: string;
  eventSourceARN: string;
  dynamodb: {
    ApproximateCreationDateTime: number;
    Keys: Record<string, Json>;
    NewImage?: Record<string, Json>;
    OldImage?: Record<string, Json>;
    SequenceNumber: string;
    SizeBytes: number;
    StreamViewType: string;
  };
  /** Of a deletion made by the service itself because the item's time to live was over. */
  userIdentity?: { type: 'Service'; principalId: 'dynamodb.amazonaws.com' };
}

export interface QueueSource {
  /** Takes up to `limit` messages (up to 10) and hides them for the queue's visibility time-out. Resolves at once, with none if none. */
  receiveFromQueue(queueArn: string, limit: number, principal: Principal): Promise<QueueRecord[]>;
  deleteFromQueue(queueArn: string, receiptHandles: string[], principal: Principal): Promise<void>;
  /** Calls `listener` after a commit, or at a time, that made messages visible. Returns the unsubscriber. */
  onQueueVisible(queueArn: string, listener: () => void): () => void;
}

export interface QueueRecord {
  messageId: string;
  receiptHandle: string;
  body: string;
  attributes: Record<string, string>;
  messageAttributes: Record<string, Json>;
  md5OfBody: string;
  eventSource: 'aws:sqs';
  eventSourceARN: string;
  awsRegion: string;
}
