/*
 * A Kafka cluster of one server, as far as librdkafka's mock goes. Prints its address and runs until its input ends; the
 * lines "down" and "up" there take it away and bring it back with what it had.
 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  char error[512];
  rd_kafka_t *client = rd_kafka_new(RD_KAFKA_PRODUCER, NULL, error, sizeof(error));
  rd_kafka_mock_cluster_t *cluster = client ? rd_kafka_mock_cluster_new(client, 1) : NULL;
  if (!cluster) return 1;
  /* The client asks for offsets in a later form, which the mock announces and does not speak. */
  rd_kafka_mock_set_apiversion(cluster, 2, 0, 3);
  printf("%s\n", rd_kafka_mock_cluster_bootstraps(cluster));
  fflush(stdout);
  char line[64];
  while (fgets(line, sizeof(line), stdin)) {
    if (strcmp(line, "down\n") == 0) rd_kafka_mock_broker_set_down(cluster, 1);
    if (strcmp(line, "up\n") == 0) rd_kafka_mock_broker_set_up(cluster, 1);
    printf("%s", line);
    fflush(stdout);
  }
  rd_kafka_mock_cluster_destroy(cluster);
  rd_kafka_destroy(client);
  return 0;
}
