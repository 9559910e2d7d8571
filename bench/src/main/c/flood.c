/* flood ADDRESS: sends UDP datagrams to the discard port of an IPv4 address, as many as the machine
   can, until it is killed. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 32, BYTES = 1400, DISCARD = 9 };

int main(int count, char **arguments) {
  struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons(DISCARD)};
  int socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (count != 2 || inet_pton(AF_INET, arguments[1], &target.sin_addr) != 1 || socket_ < 0) {
    fputs("flood ADDRESS\n", stderr);
    return 2;
  }
  static char bytes[BYTES];
  struct iovec part = {.iov_base = bytes, .iov_len = sizeof bytes};
  struct mmsghdr batch[BATCH];
  memset(batch, 0, sizeof batch);
  for (int i = 0; i < BATCH; i++) {
    batch[i].msg_hdr.msg_name = &target;
    batch[i].msg_hdr.msg_namelen = sizeof target;
    batch[i].msg_hdr.msg_iov = &part;
    batch[i].msg_hdr.msg_iovlen = 1;
  }
  for (;;) {
    /* What does not go out is not tried again: the next batch comes anyway. */
    (void)sendmmsg(socket_, batch, BATCH, 0);
  }
}
