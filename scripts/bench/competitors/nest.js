import 'reflect-metadata'
import { Controller, Get, HttpException, Inject, Injectable, Module, Param, ParseIntPipe, Query, Scope } from '@nestjs/common'
import { NestFactory, REQUEST } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { pageOf, userOf } from '../apps/typed-get/data.ts'

// Decorators are called as functions: Node runs no decorator syntax.

class CurrentUser {
  constructor (request) {
    this.user = userOf(request.headers.authorization)
    if (this.user === undefined) throw new HttpException('Not authenticated', 401)
  }
}
Inject(REQUEST)(CurrentUser, undefined, 0)
Injectable({ scope: Scope.REQUEST })(CurrentUser)

class Items {
  constructor (currentUser) {
    this.currentUser = currentUser
  }

  list (userId, skip, limit) {
    const { items, ...rest } = pageOf(this.currentUser.user, userId, skip, limit)
    return { ...rest, items: items.map(({ id, name, price }) => ({ id, name, price })) }
  }
}
Inject(CurrentUser)(Items, undefined, 0)
Param('userId', new ParseIntPipe())(Items.prototype, 'list', 0)
Query('skip', new ParseIntPipe())(Items.prototype, 'list', 1)
Query('limit', new ParseIntPipe())(Items.prototype, 'list', 2)
Get(':userId/items')(Items.prototype, 'list', Object.getOwnPropertyDescriptor(Items.prototype, 'list'))
Controller('users')(Items)

class App {}
Module({ controllers: [Items], providers: [CurrentUser] })(App)

export default async function listen () {
  const app = await NestFactory.create(App, new FastifyAdapter(), { logger: false })
  await app.listen(0, '127.0.0.1')
  return app.getHttpServer().address().port
}
