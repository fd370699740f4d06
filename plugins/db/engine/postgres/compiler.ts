import { type CompiledQuery, PostgresQueryCompiler, type QueryId, type RawNode, type RootOperationNode } from 'kysely'
import { TemplatePrinter } from '../relation.ts'

/** Kysely's, which knows templates besides. */
export class PostgresCompiler extends PostgresQueryCompiler {
  readonly #printer = new TemplatePrinter('postgres')

  override compileQuery (node: RootOperationNode, queryId: QueryId): CompiledQuery {
    this.#printer.begin(node)
    return super.compileQuery(node, queryId)
  }

  protected override visitRaw (node: RawNode): void {
    if (!this.#printer.print(node, sql => { this.append(sql) }, this.visitNode)) super.visitRaw(node)
  }
}
