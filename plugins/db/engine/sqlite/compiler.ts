import { type CompiledQuery, SqliteQueryCompiler, type QueryId, type RawNode, type RootOperationNode } from 'kysely'
import { TemplatePrinter } from '../relation.ts'

/** Kysely's, which knows templates besides. */
export class SqliteCompiler extends SqliteQueryCompiler {
  readonly #printer = new TemplatePrinter('sqlite')

  override compileQuery (node: RootOperationNode, queryId: QueryId): CompiledQuery {
    this.#printer.begin(node)
    return super.compileQuery(node, queryId)
  }

  protected override visitRaw (node: RawNode): void {
    if (!this.#printer.print(node, sql => { this.append(sql) }, this.visitNode)) super.visitRaw(node)
  }
}
