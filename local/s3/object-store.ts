import { createHash } from 'node:crypto';
import * as z from 'zod';
import { AwsError } from '../kernel/errors.ts';
import type { Kernel } from '../kernel/kernel.ts';

export interface StoredObject {
  key: string;
  size: number;
  etag: string;
  /** Epoch milliseconds. */
  modifiedAt: number;
  /** The headers that an answer repeats: content type, user metadata. */
  headers: Record<string, string>;
}

const rowShape = z.object({
  key: z.string(),
  size: z.number(),
  etag: z.string(),
  modified_at: z.number(),
  headers: z.string(),
});
const bodyShape = z.object({ body: z.instanceof(Uint8Array) });
const nameShape = z.object({ name: z.string() });
const bucketShape = z.object({ name: z.string(), createdAt: z.number() });

/** Buckets and their objects. What changes something belongs inside a write. */
export class ObjectStore {
  readonly #kernel: Kernel;
  readonly #buckets = new Set<string>();
  readonly #sql;

  constructor(kernel: Kernel) {
    const { db } = kernel.storage;
    db.exec(`CREATE TABLE IF NOT EXISTS s3_bucket (name TEXT PRIMARY KEY) STRICT;
      CREATE TABLE IF NOT EXISTS s3_object (
        bucket TEXT NOT NULL, key TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified_at INTEGER NOT NULL,
        headers TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (bucket, key)) STRICT;
      CREATE TABLE IF NOT EXISTS s3_bucket_created (name TEXT PRIMARY KEY, created_at INTEGER NOT NULL) STRICT`);
    this.#kernel = kernel;
    const columns = 'key, size, etag, modified_at, headers';
    this.#sql = {
      saveBucket: db.prepare('INSERT OR IGNORE INTO s3_bucket (name) VALUES (?)'),
      saveCreation: db.prepare('INSERT OR IGNORE INTO s3_bucket_created (name, created_at) VALUES (?, ?)'),
      buckets: db.prepare('SELECT name, created_at AS createdAt FROM s3_bucket_created ORDER BY name'),
      anyObject: db.prepare('SELECT 1 FROM s3_object WHERE bucket = ? LIMIT 1'),
      deleteBucket: db.prepare('DELETE FROM s3_bucket WHERE name = ?'),
      deleteCreation: db.prepare('DELETE FROM s3_bucket_created WHERE name = ?'),
      put: db.prepare(
        'INSERT OR REPLACE INTO s3_object (bucket, key, size, etag, modified_at, headers, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ),
      head: db.prepare(`SELECT ${columns} FROM s3_object WHERE bucket = ? AND key = ?`),
      body: db.prepare('SELECT body FROM s3_object WHERE bucket = ? AND key = ?'),
      delete: db.prepare('DELETE FROM s3_object WHERE bucket = ? AND key = ?'),
      // substr and not LIKE: keys are case-sensitive and may hold % and _.
      list: db.prepare(
        `SELECT ${columns} FROM s3_object WHERE bucket = :bucket AND key > :after AND substr(key, 1, length(:prefix)) = :prefix ORDER BY key LIMIT :limit`,
      ),
    };
    for (const row of db.prepare('SELECT name FROM s3_bucket').all()) this.#buckets.add(nameShape.parse(row).name);
  }

  saveBucket(name: string): void {
    this.#sql.saveBucket.run(name);
    this.#sql.saveCreation.run(name, this.#kernel.clock.now());
    this.#buckets.add(name);
  }

  /** @throws AwsError BucketAlreadyOwnedByYou */
  createBucket(name: string): void {
    if (this.#buckets.has(name)) {
      throw new AwsError('BucketAlreadyOwnedByYou', 'The bucket exists already, and you own it.', 409);
    }
    this.saveBucket(name);
  }

  /** @throws AwsError BucketNotEmpty */
  deleteBucket(name: string): void {
    if (this.#sql.anyObject.get(name)) {
      throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409);
    }
    this.#sql.deleteBucket.run(name);
    this.#sql.deleteCreation.run(name);
    this.#buckets.delete(name);
  }

  buckets(): { name: string; createdAt: number }[] {
    return this.#sql.buckets.all().map((row) => bucketShape.parse(row));
  }

  /** @throws AwsError NoSuchBucket */
  checkBucket(name: string): void {
    if (!this.#buckets.has(name)) throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404);
  }

  put(bucket: string, key: string, body: Buffer, headers: Record<string, string>): StoredObject {
    const etag = `"${createHash('md5').update(body).digest('hex')}"`;
    const modifiedAt = this.#kernel.clock.now();
    this.#sql.put.run(bucket, key, body.length, etag, modifiedAt, JSON.stringify(headers), body);
    return { key, size: body.length, etag, modifiedAt, headers };
  }

  find(bucket: string, key: string): StoredObject | undefined {
    const row = this.#sql.head.get(bucket, key);
    return row && stored(row);
  }

  body(bucket: string, key: string): Buffer {
    return Buffer.from(bodyShape.parse(this.#sql.body.get(bucket, key)).body);
  }

  delete(bucket: string, key: string): void {
    this.#sql.delete.run(bucket, key);
  }

  /** Objects whose key starts with `prefix` and comes after `after`, in order of key. */
  list(bucket: string, prefix: string, after: string, limit: number): StoredObject[] {
    return this.#sql.list.all({ bucket, prefix, after, limit }).map(stored);
  }
}

function stored(row: unknown): StoredObject {
  const { key, size, etag, modified_at, headers } = rowShape.parse(row);
  return { key, size, etag, modifiedAt: modified_at, headers: JSON.parse(headers) };
}
