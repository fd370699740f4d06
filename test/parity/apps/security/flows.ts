export const flows = {
  password: {
    tokenUrl: 'token',
    scopes: { 'read:users': 'Read the users', 'write:users': 'Create users' }
  }
}
