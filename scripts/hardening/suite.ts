/**
 * Promises of one room, each tried against the running app.
 *
 * A suite prints a line for each promise, with its figure, and returns what is wrong, empty when nothing is.
 *
 * @param args what stands after the suite's name on the command line
 */
export type Suite = (args: string[]) => Promise<string[]>
