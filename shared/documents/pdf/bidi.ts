import bidiFactory from 'bidi-js';

/** The Unicode bidirectional algorithm (UAX #9). The package's types are of its ES module; Node loads the other one, whose default export is the function. */
export const bidi = (bidiFactory as unknown as typeof bidiFactory.default)();
