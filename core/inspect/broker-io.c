/* broker-io.c - whole messages over a stream socket, in bounded time. */
#include "broker-io.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for one descriptor. */
union control
{
  struct cmsghdr header;
  char bytes[CMSG_SPACE (sizeof (int))];
};

static int
wait_for (int fd, short events, gint64 deadline)
{
  struct pollfd poll_fd = { .fd = fd, .events = events };

  for (;;)
    {
      gint64 left = deadline - g_get_monotonic_time ();
      int n;

      if (deadline != 0 && left <= 0)
        return -ETIMEDOUT;
      n = poll (&poll_fd, 1, deadline == 0 ? -1 : (int) MIN (left / 1000 + 1, G_MAXINT));
      if (n > 0)
        return 0;
      if (n < 0 && errno != EINTR)
        return -errno;
    }
}

int
broker_io_wait (int fd, gint64 deadline)
{
  return wait_for (fd, POLLIN, deadline);
}

/* Keeps the first descriptor, closes what else came. */
static void
take_descriptors (struct msghdr *message, int *fd)
{
  for (struct cmsghdr *part = CMSG_FIRSTHDR (message); part != NULL;
       part = CMSG_NXTHDR (message, part))
    for (gsize i = 0; part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS
                      && CMSG_LEN ((i + 1) * sizeof (int)) <= part->cmsg_len;
         i++)
      {
        int received;

        memcpy (&received, CMSG_DATA (part) + i * sizeof received, sizeof received);
        if (*fd < 0)
          *fd = received;
        else
          close (received);
      }
}

int
broker_io_receive (int fd, void *to, gsize length, gint64 deadline, int *ret_fd)
{
  int received = -1, result = 0;
  gsize done = 0;

  while (done < length && result == 0)
    {
      struct iovec part = { (char *) to + done, length - done };
      union control control;
      struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
      gssize some;

      if (ret_fd != NULL)
        {
          message.msg_control = &control;
          message.msg_controllen = sizeof control;
        }
      some = recvmsg (fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
      if (some > 0)
        {
          done += (gsize) some;
          if (ret_fd != NULL)
            take_descriptors (&message, &received);
        }
      else if (some == 0 || errno == ECONNRESET)
        result = -EPIPE;
      else if (errno == EAGAIN)
        result = wait_for (fd, POLLIN, deadline);
      else if (errno != EINTR)
        result = -errno;
    }
  if (result == 0 && ret_fd != NULL)
    *ret_fd = received;
  else if (received >= 0)
    close (received);
  return result;
}

int
broker_io_send (int fd, const void *head, gsize head_length, const void *payload,
                gsize payload_length, int passed, gint64 deadline)
{
  gsize length = head_length + payload_length, done = 0;

  while (done < length)
    {
      gsize of_head = MIN (done, head_length), of_payload = done - of_head;
      struct iovec parts[] = {
        { (char *) head + of_head, head_length - of_head },
        { (char *) payload + of_payload, payload_length - of_payload },
      };
      struct msghdr message = { .msg_iov = parts, .msg_iovlen = G_N_ELEMENTS (parts) };
      union control control = { 0 };
      gssize some;
      int result = 0;

      if (passed >= 0 && done == 0)
        {
          message.msg_control = &control;
          message.msg_controllen = sizeof control;
          control.header.cmsg_level = SOL_SOCKET;
          control.header.cmsg_type = SCM_RIGHTS;
          control.header.cmsg_len = CMSG_LEN (sizeof passed);
          memcpy (CMSG_DATA (&control.header), &passed, sizeof passed);
        }
      some = sendmsg (fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (some >= 0)
        done += (gsize) some;
      else if (errno == EAGAIN)
        result = wait_for (fd, POLLOUT, deadline);
      else if (errno != EINTR)
        result = errno == ECONNRESET ? -EPIPE : -errno;
      if (result < 0)
        return result;
    }
  return 0;
}
