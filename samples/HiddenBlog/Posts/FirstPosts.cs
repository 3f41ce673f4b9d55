namespace HiddenBlog.Posts;

/// <summary>What a new blog begins with, oldest first.</summary>
internal static class FirstPosts
{
    public static IReadOnlyList<(string Title, string Body, bool MembersOnly)> All { get; } =
    [
        ("A page for those who were let in", """
            You came with a cookie: a name in front of the address that only you and this blog know.

            It did two things on the way. It decrypted nothing here, since the blog is open to all, but it proved at the introduction that you hold it, by a signature over this one visit. So the page you are reading was never sent to anybody who could not prove it, and there was no form, no password, and nothing that could be replayed.

            ## What the owner can do

            - issue a cookie for a friend, with a name to remember whose it is
            - see which cookies are valid
            - revoke one: its visitors are cut off within the second, and nobody else notices

            All of that is on the desk, for whoever comes with the cookie named `author`.
            """, true),
        ("How an address without a place works", """
            An ordinary address says where a machine stands. This one says only which key the machine must hold: its 56 characters *are* the public key. Nobody hands such addresses out, and nobody can take one away.

            ## Three strangers in the middle

            The blog picks a few relays as **introduction points**, builds circuits to them, and signs a list of them. The list is encrypted and stored with some relays that the day's random number and the address decide together.

            You fetch the list, pick one more relay as a **rendezvous point**, and ask an introduction point to pass on where you wait. The blog comes there by a circuit of its own.

            > Neither side learns where the other one is, and the relay in the middle learns neither.

            What then flows through those two circuits is encrypted between you and the blog, end to end. No certificate is needed: the address was the key all along.

            ## In this very process

            When you started the sample, directory authorities voted, relays published what they are, a client chose its guards, and a web server bound to an address with no port behind it. All of it runs in one process, over real TLS links on the loopback interface.

            ```
            builder.WebHost.UseOnion();
            ```

            That is the line. The rest is an ordinary web application.
            """, false),
        ("This blog is nowhere", """
            It has an address, and you are reading it; but the address leads to no machine that anybody could point at.

            There is no tracker here, no script, and no picture from elsewhere: a page is a page. Comments are open. Nobody asks who you are, and nobody could check the answer. Your circuit has a number, and if it talks too much it is asked to wait.

            Write to me below.
            """, false),
    ];
}
