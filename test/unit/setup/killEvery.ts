/** Every how many calls a matrix of kills strikes: all of them but where thousands of runs follow. */
export const KILL_EVERY = Number(process.env['KILL_EVERY'] ?? '1');
