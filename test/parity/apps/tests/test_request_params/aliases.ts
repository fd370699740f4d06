/** How FastAPI lets a parameter be named, by the end of the path: of two aliases the one for validation holds. */
export const aliases = {
  str: 'p',
  alias: 'p_alias',
  'validation-alias': 'p_val_alias',
  'alias-and-validation-alias': 'p_val_alias'
}
