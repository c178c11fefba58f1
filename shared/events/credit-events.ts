import { CreditMovement, creditIdOf } from '../domain/accounts/credit.ts';

/** What gift cards and store credit become outside of orders. Loose, as the order's events are: a reader accepts fields that a later version adds. */
export const creditEventData = {
  'credit.issued': CreditMovement,
  'credit.withdrawn': CreditMovement,
} as const;

export type CreditEventType = keyof typeof creditEventData;

/** An event as it stands in the log of an account. */
export interface CreditEvent {
  id: string;
  type: CreditEventType;
  sequence: number;
  at: string;
  correlationId: string;
  causationId: string;
  data: CreditMovement;
}

/** What the partition of an event of this kind begins with. */
export const partitionOfCreditEvent = 'ACCOUNT#';

export const subjectOfCreditEvent = ({ data }: Pick<CreditEvent, 'data'>): string => creditIdOf(data);

export const isCreditEventType = (type: string): type is CreditEventType => Object.hasOwn(creditEventData, type);
