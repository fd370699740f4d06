/**
 * A suite of promises about one room, each tried against a running app.
 *
 * @module
 */

/** A whole number, given as `--name N`; `undefined` when it is left out and there is no default. */
export interface NumberOption {
  /** Stands in `--help`. */
  readonly about: string
  readonly default?: number
}

/** One of several words, given as `--name WORD`; `undefined` when it is left out. */
export interface ChoiceOption {
  readonly about: string
  readonly choices: readonly string[]
}

/** Any text, given as `--name TEXT`; `undefined` when it is left out. */
export interface TextOption {
  readonly about: string
  /** What stands for it in `--help`: `PATH`. */
  readonly text: string
}

export type Option = NumberOption | ChoiceOption | TextOption

type ValueOf<Given extends Option> =
  Given extends { readonly choices: ReadonlyArray<infer Choice> } ? Choice | undefined
    : Given extends { readonly text: string } ? string | undefined
      : Given extends { readonly default: number } ? number : number | undefined

export type Values<Options extends Readonly<Record<string, Option>>> = { readonly [Name in keyof Options]: ValueOf<Options[Name]> }

export interface Suite {
  /** Stands in `--help`. */
  readonly about: string
  readonly options: Readonly<Record<string, Option>>
  /** Prints a line for each promise, with its figure. Resolves to what failed, empty if nothing did. */
  run (values: Readonly<Record<string, number | string | undefined>>): Promise<readonly string[]>
}

/** Returns a suite whose `run` gets the values of its own options, by type. */
export function suite<const Options extends Readonly<Record<string, Option>>> (
  about: string, options: Options, run: (values: Values<Options>) => Promise<readonly string[]>
): Suite {
  return { about, options, run: values => run(values as Values<Options>) }
}
