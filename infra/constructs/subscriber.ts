import { Duration } from 'aws-cdk-lib';
import { type EventBus, type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { Alarms } from './alarms.ts';
import type { BatutaFunction } from './batuta-function.ts';
import { type Gathering, WorkedQueue } from './worked-queue.ts';

export interface SubscriberProps {
  stage: string;
  name: string;
  description: string;
  bus: EventBus;
  pattern: EventPattern;
  worker: BatutaFunction;
  /** What a message in the dead letter queue means, for its alarm. */
  deadLettersMean: string;
  alarms: Alarms;
  /** Where many events are worked off together. */
  gathering?: Gathering;
}

/** A function that hears events: rule -> queue -> function. What cannot be put into the queue or worked off ends in one dead letter queue. */
export class Subscriber extends Construct {
  constructor(scope: Construct, id: string, props: SubscriberProps) {
    super(scope, id);
    const { stage, name, worker, alarms, deadLettersMean } = props;
    const { queue, deadLetters } = this.#workedQueue({
      stage,
      name,
      functionTimeout: worker.spec.timeout,
      deadLettersMean,
      alarms,
      worker,
      ...(props.gathering && { gathering: props.gathering }),
    });
    new Rule(this, 'Rule', {
      ruleName: `batuta-${stage}-${name}`,
      description: props.description,
      eventBus: props.bus,
      eventPattern: props.pattern,
      // EventBridge's own maximum, said so that nobody has to look it up.
      targets: [
        new SqsQueue(queue, { deadLetterQueue: deadLetters, retryAttempts: 185, maxEventAge: Duration.hours(24) }),
      ],
    });
  }

  #workedQueue(
    props: ConstructorParameters<typeof WorkedQueue>[2] & { worker: BatutaFunction; gathering?: Gathering },
  ): WorkedQueue {
    const worked = new WorkedQueue(this, 'Worked', props);
    worked.workedOffBy(props.worker, props.gathering);
    return worked;
  }
}
