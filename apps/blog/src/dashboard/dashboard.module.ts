import { ViewSetModule } from '@core-framework/viewset';
import { Module } from '@nestjs/common';
import { DashboardView } from './dashboard.view.js';

@Module({ imports: [ViewSetModule.forFeature([DashboardView])] })
export class DashboardModule {}
