import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.configuration.connectors.BoltConnector;
import org.neo4j.configuration.helpers.SocketAddress;
import org.neo4j.configuration.ssl.ClientAuth;
import org.neo4j.configuration.ssl.SslPolicyConfig;
import org.neo4j.configuration.ssl.SslPolicyScope;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.io.ByteUnit;

/**
 * A Neo4j server that lives as long as somebody uses it.
 *
 * <p>Arguments: a home directory, the Bolt port (0: any), for how many seconds it may be out of use, the page cache in MiB, whether its
 * home stays ("keep" or "delete"), and whether clients use TLS (a BoltConnector.EncryptionLevel; unless DISABLED, private.key and public.crt
 * are in the home). The password is in NEO4JTEST_PASSWORD. When it answers, it prints the Bolt port and a control port.
 * Whoever uses the server keeps a connection to the control port, begun with the password and a newline and answered by a newline. Without
 * such a connection for that long (for a minute, before the first), the server stops and its home is deleted, unless it stays.
 */
public class Server {
  private static final int FIRST = 60;

  // Guarded by the class.
  private static int users;
  private static boolean used;
  private static boolean stopping;
  private static long unusedAt;

  public static void main(String[] args) {
    try {
      run(args);
    } catch (Throwable e) {
      e.printStackTrace();
      Runtime.getRuntime().halt(1); // threads of the kernel would keep the process
    }
  }

  private static void run(String[] args) throws IOException {
    Path home = Path.of(args[0]);
    int idle = Integer.parseInt(args[2]);
    boolean keep = args[4].equals("keep");
    BoltConnector.EncryptionLevel encryption = BoltConnector.EncryptionLevel.valueOf(args[5]);
    String password = System.getenv("NEO4JTEST_PASSWORD");
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    int port = Integer.parseInt(args[1]);
    if (port == 0) {
      try (ServerSocket free = new ServerSocket(0, 1, loopback)) {
        port = free.getLocalPort();
      }
    }
    boolean fresh = !Files.exists(home.resolve("data"));
    SslPolicyConfig policy = SslPolicyConfig.forScope(SslPolicyScope.BOLT);
    DatabaseManagementService server = new DatabaseManagementServiceBuilder(home)
        .setConfig(BoltConnector.enabled, true)
        .setConfig(BoltConnector.listen_address, new SocketAddress("127.0.0.1", port))
        .setConfig(BoltConnector.advertised_address, new SocketAddress("127.0.0.1", port))
        .setConfig(BoltConnector.encryption_level, encryption)
        .setConfig(policy.enabled, encryption != BoltConnector.EncryptionLevel.DISABLED)
        .setConfig(policy.base_directory, home)
        .setConfig(policy.client_auth, ClientAuth.NONE)
        .setConfig(GraphDatabaseSettings.auth_enabled, true)
        .setConfig(GraphDatabaseSettings.pagecache_memory, ByteUnit.mebiBytes(Long.parseLong(args[3])))
        .setConfig(GraphDatabaseSettings.preallocate_logical_logs, false)
        // Tests fill and empty the database all the time; to plan every query anew for that would be most of the work.
        .setConfig(GraphDatabaseSettings.cypher_min_replan_interval, Duration.ofDays(1))
        .build();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      server.shutdown();
      if (stopping && !keep) {
        delete(home);
      }
    }));
    if (fresh) {
      server.database("system").executeTransactionally(
          "ALTER USER neo4j SET PASSWORD $password CHANGE NOT REQUIRED", Map.of("password", password));
    }

    ServerSocket control = new ServerSocket(0, 50, loopback);
    synchronized (Server.class) {
      unusedAt = System.nanoTime();
    }
    new Thread(() -> watch(idle)).start();
    System.out.println(port + " " + control.getLocalPort());
    while (true) {
      Socket socket = control.accept();
      new Thread(() -> use(socket, password)).start();
    }
  }

  /** Counts a user for as long as its connection is open. */
  private static void use(Socket socket, String password) {
    try (socket) {
      byte[] greeting = (password + "\n").getBytes(StandardCharsets.UTF_8);
      if (!Arrays.equals(socket.getInputStream().readNBytes(greeting.length), greeting)) {
        return;
      }
      synchronized (Server.class) {
        if (stopping) {
          return;
        }
        users++;
      }
      try {
        socket.getOutputStream().write('\n');
        socket.getInputStream().read(); // until it is closed
      } finally {
        synchronized (Server.class) {
          users--;
          used = true;
          unusedAt = System.nanoTime();
          Server.class.notifyAll();
        }
      }
    } catch (IOException gone) {
      // the user is
    }
  }

  /** Ends the process when nobody has used it for long enough. */
  private static void watch(int idle) {
    synchronized (Server.class) {
      try {
        while (true) {
          long left = unusedAt + (used ? idle : FIRST) * 1_000_000_000L - System.nanoTime();
          if (users == 0 && left <= 0) {
            break;
          }
          Server.class.wait(users > 0 ? 0 : left / 1_000_000 + 1);
        }
      } catch (InterruptedException e) {
        // nobody interrupts it; stopping is right
      }
      stopping = true;
    }
    System.exit(0);
  }

  private static void delete(Path home) {
    try (Stream<Path> files = Files.walk(home)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      System.err.println("deleting " + home + ": " + e);
    }
  }
}
