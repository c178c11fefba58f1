import * as z from 'zod';
import { Actor } from '../domain/actor.ts';
import type { LedgerPosting } from '../domain/ledger/posting.ts';
import { LegalEntityId } from '../domain/legal-entity.ts';
import { settlementFormats } from '../domain/settlement-file/formats.ts';
import { Difference, type KnownMovement, type SettlementGroup } from '../domain/settlement-file/reconcile.ts';
import type { SettlementRowError } from '../domain/settlement-file/row.ts';
import type { Page, Position } from './order-store.ts';

export const SettlementId = z
  .string()
  .regex(/^stl_[0-9A-HJKMNP-TV-Z]{26}$/)
  .brand<'SettlementId'>();
export type SettlementId = z.infer<typeof SettlementId>;

export const mostSettlementRowsPerPart = 5000;
/** 100,000 rows: what one reconciliation holds in memory at once. */
export const mostSettlementParts = 20;

const Total = z.object({
  currency: z.string(),
  gross: z.int(),
  fee: z.int(),
  net: z.int(),
  feeRows: z.int(),
});

export const Settlement = z.object({
  id: SettlementId,
  legalEntityId: LegalEntityId,
  provider: z.string(),
  format: z.enum(settlementFormats),
  fileName: z.string().optional(),
  createdBy: Actor,
  createdAt: z.iso.datetime(),
  state: z.enum(['DRAFT', 'SUBMITTED', 'REJECTED', 'RECONCILED']),
  version: z.int().positive(),
  /** Rows of each part, from part 1: fixed when it is submitted. */
  parts: z.array(z.int()).optional(),
  submittedAt: z.iso.datetime().optional(),
  finishedAt: z.iso.datetime().optional(),
  /** Rows that are wrong. */
  errors: z.int().optional(),
  matched: z.int().optional(),
  /** Rows that another file had. */
  repeated: z.int().optional(),
  differences: z.int().optional(),
  totals: z.array(Total).optional(),
});
export type Settlement = z.infer<typeof Settlement>;

/** Some groups of a file, reconciled in one transaction. */
export const SettlementResult = z.object({
  matched: z.int(),
  repeated: z.int(),
  totals: z.array(Total),
  differences: z.array(Difference),
});
export type SettlementResult = z.infer<typeof SettlementResult>;

export interface SettlementEvent {
  id: string;
  type: 'settlement.submitted' | 'settlement.reconciled';
  at: string;
  data: Record<string, unknown>;
}

/** A movement that no file has told of yet. */
export interface Unsettled extends KnownMovement {
  reference: string;
  kind: 'capture' | 'refund' | 'chargeback';
}

export interface SettledGroup {
  group: SettlementGroup;
  known: KnownMovement | undefined;
  /** After it. */
  settled: number;
  transactions: readonly string[];
  /** It may still be told of more. */
  isOpen: boolean;
}

export interface SettlementStore {
  create(settlement: Settlement): Promise<void>;
  load(id: SettlementId): Promise<Settlement | undefined>;
  /** The settlement that was submitted with this content. */
  withContent(legalEntityId: string, hash: string): Promise<SettlementId | undefined>;
  /** False: it is not in DRAFT any more. */
  putPart(settlement: Settlement, part: number, rows: readonly string[][], hash: string): Promise<boolean>;
  parts(id: SettlementId): Promise<{ part: number; rows: number; hash: string }[]>;
  /** False: it has changed meanwhile, or its content was submitted before. */
  submit(after: Settlement, hash: string, event: SettlementEvent): Promise<boolean>;
  rows(settlement: Settlement): Promise<string[][]>;
  reject(after: Settlement, errors: readonly SettlementRowError[]): Promise<boolean>;
  /** What is reconciled, by number. */
  results(id: SettlementId): Promise<Map<string, SettlementResult>>;
  /** Rows that are in results. */
  progress(id: SettlementId): Promise<number>;
  /** The last result, by number, whose orders have their exceptions. */
  toldUpTo(id: SettlementId): Promise<string | undefined>;
  markTold(id: SettlementId, number: string): Promise<void>;
  movements(groups: readonly SettlementGroup[]): Promise<Map<SettlementGroup, KnownMovement>>;
  /** False: one of the movements has changed, or somebody else has written this result. */
  settle(
    settlement: Settlement,
    number: string,
    result: SettlementResult,
    groups: readonly SettledGroup[],
  ): Promise<boolean>;
  /** Oldest first; at most `limit`. */
  unsettled(legalEntityId: string, before: string, limit: number): Promise<Unsettled[]>;
  /** Ends it, posts to the books and tells of it in one transaction. False: somebody else has. */
  finish(after: Settlement, postings: readonly LedgerPosting[], event: SettlementEvent): Promise<boolean>;
  /** With its postings. False: it has changed meanwhile. */
  resolve(settlement: Settlement, difference: Difference, postings: readonly LedgerPosting[]): Promise<boolean>;
  list(legalEntityId: string, page: { limit: number; after?: Position | undefined }): Promise<Page<Settlement>>;
  errors(id: SettlementId, page: { limit: number; after?: Position | undefined }): Promise<Page<SettlementRowError>>;
  differences(id: SettlementId, page: { limit: number; after?: Position | undefined }): Promise<Page<Difference>>;
}
