/**
 * What a process loads is freed of its types and compiled once for all starts. As JavaScript, and with `--import` before anything else: the tool
 * that takes the types off stays in memory with 10 to 25 MB once it has met a single file that is not in the cache yet.
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '../dist/compile-cache'));
