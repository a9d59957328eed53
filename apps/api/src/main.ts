import '@core-framework/common/require-node';
