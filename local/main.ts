/** `npm start`, which has compile-cache.js loaded before this; whoever starts it otherwise (an editor, a test) has at least what comes after it from there. */
import './compile-cache.js';

await import('./start.ts');
