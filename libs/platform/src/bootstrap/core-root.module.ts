import { Module } from '@nestjs/common';

/** Stands above the module of the application, with what `CoreFactory` adds to it. */
@Module({})
export class CoreRootModule {}
